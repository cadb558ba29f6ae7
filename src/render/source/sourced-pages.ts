import type { Page } from '../compile/page.js';
import type { TemplateFile, TemplateFolder } from '../files/template-file.js';
import { TemplateInventory } from '../compile/template-inventory.js';
import { NAME_PATTERN } from '../files/template-name.js';
import { LruCache } from './lru-cache.js';
import { originOf, type SourceReader, type SourceText } from './source-reader.js';

/** Compiles templates; what deserves attention and is no error is told to `onWarning`. */
export type CompilePages = (
  folders: readonly TemplateFolder[],
  onWarning: (message: string) => void,
) => ReadonlyMap<string, Page>;

export interface SourcedPagesOptions {
  /** Asked in this order. */
  readonly readers: readonly SourceReader[];
  /** Where layouts, partials and style sheets come from. */
  readonly folders: readonly TemplateFolder[];
  readonly compile: CompilePages;
  readonly onWarning: (message: string) => void;
}

/** Compiled templates kept; each with the layout and the partials it reaches. */
const MAX_COMPILED = 200;

/** Longest template name that a source is asked for; folders have the same limit. */
const MAX_NAME_LENGTH = 255;

/** Templates out of sources, compiled once for each version; they see one generation of folders. */
export class SourcedPages {
  readonly #options: SourcedPagesOptions;
  readonly #shared: readonly TemplateFolder[];
  readonly #compiled = new LruCache<Page>(MAX_COMPILED);

  constructor(options: SourcedPagesOptions) {
    this.#options = options;
    this.#shared = options.folders.map((folder) => ({
      ...folder,
      files: folder.files.filter(({ kind }) => kind !== 'page'),
    }));
  }

  /**
   * The template of the first source that has it in one of these languages; nothing when none has.
   * @param locales nearest first; the base template is asked for too
   * @throws {MailError} see `SourceReader.read`
   */
  async find(
    name: string,
    locales: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Page | undefined> {
    if (name.length > MAX_NAME_LENGTH || !NAME_PATTERN.test(name)) return undefined;
    for (const reader of this.#options.readers) {
      const answers = [...locales, ''].map((locale) => reader.read(name, locale, signal));
      const texts = (await Promise.all(answers)).filter((text) => text !== undefined);
      if (texts.length > 0) return this.#page(reader, name, texts);
    }
    return undefined;
  }

  // No await between the look and the compilation: mails that come together compile a version once.
  #page(reader: SourceReader, name: string, texts: readonly SourceText[]): Page | undefined {
    const place = this.#options.readers.indexOf(reader);
    const key = JSON.stringify([place, name, ...texts.map(({ locale, version }) => [locale, version])]);
    const known = this.#compiled.get(key);
    if (known) return known;
    const folder = this.#folder(reader.name, name, texts);
    const page = this.#compile(folder, this.#reached(folder)).get(name);
    const found = page && isFaulty(page) ? this.#compile(folder, this.#shared).get(name) : page;
    if (found) this.#compiled.set(key, found);
    return found;
  }

  #folder(source: string, name: string, texts: readonly SourceText[]): TemplateFolder {
    const namespaces = this.#shared.map(({ root }) => root.namespace);
    const namespace = namespaces.find((candidate) => candidate && name.startsWith(`${candidate}/`));
    const own = namespace ? name.slice(namespace.length + 1) : name;
    const files = texts.flatMap((text) => filesOf(own, text, (part) => originOf(source, name, text, part)));
    return {
      root: { dir: source, required: false, ...(namespace && { namespace }) },
      absent: false,
      files,
      styles: new Map(),
      messages: [],
    };
  }

  /** Of the shared files those the template may use, so that its compilation and what it keeps stay small. */
  #reached(folder: TemplateFolder): readonly TemplateFolder[] {
    const unused = new Set(new TemplateInventory([folder, ...this.#shared]).unused);
    return this.#shared.map((shared) => ({
      ...shared,
      files: shared.files.filter((file) => !unused.has(file)),
    }));
  }

  #compile(folder: TemplateFolder, shared: readonly TemplateFolder[]): ReadonlyMap<string, Page> {
    const { compile, onWarning } = this.#options;
    // Warnings of the shared files were told when the folders were read.
    return compile([folder, ...shared], (message) => {
      if (folder.files.some(({ path }) => message.startsWith(path))) onWarning(message);
    });
  }
}

function filesOf(
  name: string,
  { locale, html, text }: SourceText,
  path: (text: boolean) => string,
): readonly TemplateFile[] {
  const file = { kind: 'page', name, ...(locale && { locale }) } as const;
  return [
    ...(html === undefined ? [] : [{ ...file, text: false, path: path(false), content: html }]),
    ...(text === undefined ? [] : [{ ...file, text: true, path: path(true), content: text }]),
  ];
}

/** A second compilation with all shared files then tells which name was meant. */
function isFaulty({ variants }: Page): boolean {
  return [...variants.values()].some(({ faults }) => faults.length > 0);
}
