import type { Page } from '../compile/page.js';
import type { TemplateFile, TemplateFolder } from '../files/template-file.js';
import { TemplateInventory } from '../compile/template-inventory.js';
import { NAME_PATTERN } from '../files/template-name.js';
import { LruCache } from '../format/lru-cache.js';
import { originOf, type SourceReader, type SourceText } from './source-reader.js';

/** Compiles templates, and calls `onWarning` for problems that are no errors. */
export type CompilePages = (
  folders: readonly TemplateFolder[],
  onWarning: (message: string) => void,
) => ReadonlyMap<string, Page>;

interface SourcedPagesOptions {
  /** Asked in this order. */
  readonly readers: readonly SourceReader[];
  /** The folders with the layouts, partials and style sheets. */
  readonly folders: readonly TemplateFolder[];
  readonly compile: CompilePages;
  readonly onWarning: (message: string) => void;
}

/** Bounds the compiled templates kept, each with the layout and the partials it reaches. */
const MAX_COMPILED = 200;

/** Longest template name that a source is asked for; folders have the same limit. */
const MAX_NAME_LENGTH = 255;

/** Compiles the templates of sources once for each version, with one generation of folders. */
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
   * Finds the template in the first source that has it in any of these languages.
   * @param locales nearest first; the base template is always tried, too
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

  // No await between looking up and compiling: concurrent mails compile a version only once.
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

  /** The shared files that the template may use, so that compiling it stays fast and keeps little memory. */
  #reached(folder: TemplateFolder): readonly TemplateFolder[] {
    const unused = new Set(new TemplateInventory([folder, ...this.#shared]).unused);
    return this.#shared.map((shared) => ({
      ...shared,
      files: shared.files.filter((file) => !unused.has(file)),
    }));
  }

  #compile(folder: TemplateFolder, shared: readonly TemplateFolder[]): ReadonlyMap<string, Page> {
    const { compile, onWarning } = this.#options;
    // Warnings about the shared files were given when the folders were read.
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

/** A faulty page is compiled again with all shared files, so that the fault can suggest the name that was meant. */
function isFaulty({ variants }: Page): boolean {
  return [...variants.values()].some(({ faults }) => faults.length > 0);
}
