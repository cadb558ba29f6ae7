import { didYouMean } from '../../errors/closest.js';
import type { Component } from '../helpers/component.js';
import { startOf } from '../faults/source-location.js';
import type { TemplateFaults } from '../faults/template-fault.js';
import type { Destination, TemplateFile, TemplateFolder } from '../files/template-file.js';
import { localeChain } from '../format/locale-chain.js';

/** The files of one name and locale. */
export interface FilePair {
  readonly html?: TemplateFile;
  readonly text?: TemplateFile;
}

/** The files of one name by locale; the base variant's key is the empty string. */
export type Variants = ReadonlyMap<string, FilePair>;

/** A template with all its languages. */
export interface PageEntry {
  /** Includes the namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly variants: Variants;
}

interface CatalogEntry {
  /** The folder that claimed the name first; it alone supplies it. */
  readonly folder: TemplateFolder;
  readonly variants: Map<string, FilePair>;
}

/** Partials live under their own names, layouts under this prefix. */
export const LAYOUT_PREFIX = 'layouts/';

/** An index of all template files by name, so that no name is ever joined into a path. */
export class TemplateCatalog {
  readonly #pages = new Map<string, CatalogEntry>();
  /** Layouts and partials, by namespace; the application's own have the empty one. */
  readonly #shared = new Map<string, Map<string, CatalogEntry>>();

  constructor(folders: readonly TemplateFolder[], faults: TemplateFaults) {
    for (const folder of folders) {
      for (const file of folder.files) this.#add(folder, file, faults);
    }
  }

  get pages(): readonly PageEntry[] {
    return [...this.#pages]
      .map(([name, { folder, variants }]) => ({ name, namespace: folder.root.namespace ?? '', variants }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * The layouts and partials that templates of a namespace, language and destination may use. Those of the
   * namespace take precedence; each comes in its nearest language.
   */
  shared(namespace: string, locale: string, destination: Destination): ReadonlyMap<string, TemplateFile> {
    const found = new Map<string, TemplateFile>();
    for (const entries of [this.#shared.get(''), this.#shared.get(namespace)]) {
      for (const [name, { variants }] of entries ?? []) {
        const file = pick(name, variants, locale, destination);
        if (file) found.set(name, file);
      }
    }
    return found;
  }

  /** The parameters of the partial that templates of a namespace call by this name, if it declares any. */
  component(namespace: string, name: string): Component | undefined {
    const entry = this.#shared.get(namespace)?.get(name) ?? this.#shared.get('')?.get(name);
    return entry?.variants.get('')?.html?.component;
  }

  #add(folder: TemplateFolder, file: TemplateFile, faults: TemplateFaults): void {
    const namespace = folder.root.namespace ?? '';
    const page = file.kind === 'page';
    const name = page ? [namespace, file.name].filter(Boolean).join('/') : sharedName(file);
    const entries = page ? this.#pages : this.#entriesOf(namespace);
    const entry = entries.get(name) ?? { folder, variants: new Map<string, FilePair>() };
    entries.set(name, entry);
    if (entry.folder === folder) this.#put(entry, file, faults);
    else if (entry.folder.root.namespace !== folder.root.namespace) {
      const what = `template "${name}" is already in ${entry.folder.root.dir}`;
      faults.add({ place: startOf(file.path), what, fix: 'Rename one of them' });
    }
  }

  #put(entry: CatalogEntry, file: TemplateFile, faults: TemplateFaults): void {
    const pair = entry.variants.get(file.locale ?? '') ?? {};
    const key = file.text ? 'text' : 'html';
    const other = pair[key];
    if (other)
      faults.add({ place: startOf(file.path), what: `has the same name and locale as ${other.path}` });
    entry.variants.set(file.locale ?? '', { ...pair, [key]: file });
  }

  #entriesOf(namespace: string): Map<string, CatalogEntry> {
    const entries = this.#shared.get(namespace) ?? new Map<string, CatalogEntry>();
    this.#shared.set(namespace, entries);
    return entries;
  }
}

/** The name by which templates call a layout or a partial. */
export function sharedName(file: TemplateFile): string {
  return file.kind === 'layout' ? LAYOUT_PREFIX + file.name : file.name;
}

/** In text, a partial falls back to its HTML file. A layout does not: a text mail would show its markup. */
function pick(
  name: string,
  variants: Variants,
  locale: string,
  destination: Destination,
): TemplateFile | undefined {
  for (const key of [...(locale ? localeChain(locale) : []), '']) {
    const { html, text } = variants.get(key) ?? {};
    const file =
      destination === 'html' ? html : (text ?? (name.startsWith(LAYOUT_PREFIX) ? undefined : html));
    if (file) return file;
  }
  return undefined;
}

/** Words the fault of an unknown name. */
export function showUnknown(kind: string, name: string, known: Iterable<string>): string {
  return `${kind} "${name}" does not exist${didYouMean(name, known)}`;
}

/** Says where to put a missing layout, and lists the existing ones. */
export function whereLayout(name: string, known: readonly string[]): string {
  const bare = bareName(name, LAYOUT_PREFIX);
  if (bare !== name && known.includes(bare)) return `Write layout: ${bare}`;
  return `Put it at layouts/${bare}.hbs in the templates folder${showKnown(known)}`;
}

/** Says where to put a missing partial, lists the existing ones, and shows how to make the call optional. */
export function wherePartial(name: string, known: Iterable<string>): string {
  const partials = [...known].filter((key) => !key.startsWith(LAYOUT_PREFIX));
  const bare = bareName(name, 'partials/');
  if (bare !== name && partials.includes(bare))
    return `Write {{> ${bare}}}, the path within partials/ without its ending`;
  const optional = `{{#> ${name}}}…{{/${name}}} makes it optional`;
  return `Put it at partials/${bare}.hbs in the templates folder${showKnown(partials)}. ${optional}`;
}

/** Strips the folder and the extension, which a name has on disk only. */
function bareName(name: string, folder: string): string {
  const within = name.startsWith(folder) ? name.slice(folder.length) : name;
  return within.replace(/\.hbs$/, '');
}

const MOST_SHOWN = 10;

/** Lists the application's names first; those of the kit begin with `mail/`. */
function showKnown(names: readonly string[]): string {
  if (names.length === 0) return '; there is none yet';
  const own = names.filter((name) => !name.startsWith(KIT_PREFIX));
  const sorted = [...own.toSorted(), ...names.filter((name) => name.startsWith(KIT_PREFIX)).toSorted()];
  const more = sorted.length > MOST_SHOWN ? ', …' : '';
  return `; there are ${sorted.slice(0, MOST_SHOWN).join(', ')}${more}`;
}

const KIT_PREFIX = 'mail/';
