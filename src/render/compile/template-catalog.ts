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
  /** With its namespace. */
  readonly name: string;
  readonly namespace: string;
  readonly variants: Variants;
}

interface Shelf {
  /** The folder that claimed the name first; it alone supplies it. */
  readonly folder: TemplateFolder;
  readonly variants: Map<string, FilePair>;
}

/** Partials live under their own names, layouts under this prefix. */
export const LAYOUT_PREFIX = 'layouts/';

/** All template files by name: an index, so that no name is ever joined into a path. */
export class TemplateCatalog {
  readonly #pages = new Map<string, Shelf>();
  /** Layouts and partials, by namespace; the application's own have the empty one. */
  readonly #shared = new Map<string, Map<string, Shelf>>();

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
   * The layouts and partials a template of this namespace, language and destination sees: its own
   * namespace's first, each in the nearest language.
   */
  shared(namespace: string, locale: string, destination: Destination): ReadonlyMap<string, TemplateFile> {
    const found = new Map<string, TemplateFile>();
    for (const shelves of [this.#shared.get(''), this.#shared.get(namespace)]) {
      for (const [name, { variants }] of shelves ?? []) {
        const file = pick(name, variants, locale, destination);
        if (file) found.set(name, file);
      }
    }
    return found;
  }

  /** What the partial that a template of this namespace sees under a name asks of its callers, if it does. */
  component(namespace: string, name: string): Component | undefined {
    const shelf = this.#shared.get(namespace)?.get(name) ?? this.#shared.get('')?.get(name);
    return shelf?.variants.get('')?.html?.component;
  }

  #add(folder: TemplateFolder, file: TemplateFile, faults: TemplateFaults): void {
    const namespace = folder.root.namespace ?? '';
    const page = file.kind === 'page';
    const name = page ? [namespace, file.name].filter(Boolean).join('/') : sharedName(file);
    const shelves = page ? this.#pages : this.#shelves(namespace);
    const shelf = shelves.get(name) ?? { folder, variants: new Map<string, FilePair>() };
    shelves.set(name, shelf);
    if (shelf.folder === folder) this.#put(shelf, file, faults);
    else if (shelf.folder.root.namespace !== folder.root.namespace) {
      const what = `template "${name}" is already in ${shelf.folder.root.dir}`;
      faults.add({ place: startOf(file.path), what, fix: 'Rename one of them' });
    }
  }

  #put(shelf: Shelf, file: TemplateFile, faults: TemplateFaults): void {
    const pair = shelf.variants.get(file.locale ?? '') ?? {};
    const key = file.text ? 'text' : 'html';
    const other = pair[key];
    if (other)
      faults.add({ place: startOf(file.path), what: `has the same name and locale as ${other.path}` });
    shelf.variants.set(file.locale ?? '', { ...pair, [key]: file });
  }

  #shelves(namespace: string): Map<string, Shelf> {
    const shelves = this.#shared.get(namespace) ?? new Map<string, Shelf>();
    this.#shared.set(namespace, shelves);
    return shelves;
  }
}

/** What templates call a layout or a partial. */
export function sharedName(file: TemplateFile): string {
  return file.kind === 'layout' ? LAYOUT_PREFIX + file.name : file.name;
}

/** In text, a partial falls back to its html file; a layout does not: its markup would be printed. */
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

/** What to say about a name that is not there. */
export function showUnknown(kind: string, name: string, known: Iterable<string>): string {
  return `${kind} "${name}" does not exist${didYouMean(name, known)}`;
}

/** Where a layout that is missing would stand, and which there are. */
export function whereLayout(name: string, known: readonly string[]): string {
  const bare = bareName(name, LAYOUT_PREFIX);
  if (bare !== name && known.includes(bare)) return `Write layout: ${bare}`;
  return `Put it at layouts/${bare}.hbs in the templates folder${showKnown(known)}`;
}

/** Where a partial that is missing would stand, which there are, and how to do without. */
export function wherePartial(name: string, known: Iterable<string>): string {
  const partials = [...known].filter((key) => !key.startsWith(LAYOUT_PREFIX));
  const bare = bareName(name, 'partials/');
  if (bare !== name && partials.includes(bare))
    return `Write {{> ${bare}}}, the path within partials/ without its ending`;
  const optional = `{{#> ${name}}}…{{/${name}}} makes it optional`;
  return `Put it at partials/${bare}.hbs in the templates folder${showKnown(partials)}. ${optional}`;
}

/** Without the folder and the ending that a name has on disk only. */
function bareName(name: string, folder: string): string {
  const within = name.startsWith(folder) ? name.slice(folder.length) : name;
  return within.replace(/\.hbs$/, '');
}

const MOST_SHOWN = 10;

/** Those of the application first: the kit's begin with `mail/`. */
function showKnown(names: readonly string[]): string {
  if (names.length === 0) return '; there is none yet';
  const own = names.filter((name) => !name.startsWith(KIT_PREFIX));
  const sorted = [...own.toSorted(), ...names.filter((name) => name.startsWith(KIT_PREFIX)).toSorted()];
  const more = sorted.length > MOST_SHOWN ? ', …' : '';
  return `; there are ${sorted.slice(0, MOST_SHOWN).join(', ')}${more}`;
}

const KIT_PREFIX = 'mail/';
