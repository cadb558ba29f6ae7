import { splitFile, type FrontMatter } from '../syntax/front-matter.js';
import { localeChain } from '../format/locale-chain.js';
import { parsePiece } from '../syntax/syntax.js';
import type { Piece } from '../syntax/piece.js';
import { isPartial, isPartialBlock, isSubExpression, nodesIn, writtenName } from '../syntax/syntax-nodes.js';
import { LAYOUT_PREFIX, TemplateCatalog, type FilePair, type PageEntry } from './template-catalog.js';
import { TemplateFaults } from '../faults/template-fault.js';
import type { TemplateFile, TemplateFolder } from '../files/template-file.js';

/** A parsed piece of a template file. */
export interface ParsedPiece {
  readonly body: Piece;
  /** Absent when it cannot be parsed. */
  readonly tree?: hbs.AST.Program | undefined;
  /** The namespace of its file; empty for the application's own. */
  readonly namespace: string;
}

export interface ParsedFile extends ParsedPiece {
  readonly file: TemplateFile;
  readonly front: FrontMatter;
}

/** One language of a template with the files it consists of. */
export interface VariantSources {
  readonly template: string;
  /** Absent for the base variant. */
  readonly locale?: string;
  /** From its HTML file, else its text file. The next wider language supplies missing `layout`, `sample` and `check`. */
  readonly front: FrontMatter;
  /** Its own file, its layout and every partial they may reach. Empty without HTML. */
  readonly html: readonly ParsedFile[];
  /** The same for its text file. */
  readonly text: readonly ParsedFile[];
  /** Its subject and preheader. */
  readonly lines: LineSources;
}

export interface LineSources {
  readonly pieces: readonly ParsedPiece[];
  /** Every partial they may reach. */
  readonly partials: readonly ParsedFile[];
}

/** The contents of the templates folders, and which file uses which. For tools; rendering does not need it. */
export class TemplateInventory {
  readonly variants: readonly VariantSources[];
  /** Layouts and partials that no template reaches. Partials count as reached when any name is looked up at run time. */
  readonly unused: readonly TemplateFile[];
  readonly #faults: TemplateFaults;
  readonly #catalog: TemplateCatalog;
  readonly #namespaces: ReadonlyMap<string, string>;
  readonly #sources = new Map<string, ParsedFile>();
  readonly #reached = new Set<string>();
  #dynamic = false;

  /** @param faults collects the faults of files that cannot be parsed; less is known about those */
  constructor(folders: readonly TemplateFolder[], faults = new TemplateFaults()) {
    this.#faults = faults;
    this.#catalog = new TemplateCatalog(folders, this.#faults);
    this.#namespaces = new Map(
      folders.flatMap(({ root, files }) => files.map(({ path }) => [path, root.namespace ?? ''])),
    );
    this.variants = this.#catalog.pages.flatMap((entry) =>
      [...entry.variants.keys()].map((locale) => this.#variant(entry, locale)),
    );
    const shared = folders.flatMap(({ files }) => files).filter(({ kind }) => kind !== 'page');
    this.unused = shared.filter(
      ({ kind, path }) => !this.#reached.has(path) && !(kind === 'partial' && this.#dynamic),
    );
  }

  #variant(entry: PageEntry, locale: string): VariantSources {
    const { html, text } = entry.variants.get(locale) ?? {};
    const front = this.#front(entry, locale);
    const layout = (text && this.#source(text).front.layout?.name) ?? front.layout?.name;
    const { name: template, namespace } = entry;
    const inText = this.#catalog.shared(namespace, locale, 'text');
    return {
      template,
      ...(locale && { locale }),
      front,
      html: html
        ? this.#reach(html, front.layout?.name, this.#catalog.shared(namespace, locale, 'html'))
        : [],
      text: text ? this.#reach(text, layout, inText) : [],
      lines: this.#lines(front, namespace, inText),
    };
  }

  #lines(
    { subject, preheader }: FrontMatter,
    namespace: string,
    files: ReadonlyMap<string, TemplateFile>,
  ): LineSources {
    const pieces = [subject, preheader].flatMap((body): readonly ParsedPiece[] =>
      body ? [{ body, tree: parsePiece(body, this.#faults), namespace }] : [],
    );
    const found = new Map<string, ParsedFile>();
    for (const { tree } of pieces) this.#follow(tree, files, found);
    return { pieces, partials: [...found.values()] };
  }

  #front(entry: PageEntry, locale: string): FrontMatter {
    const chain = [...(locale ? localeChain(locale) : []), ''];
    const fronts = chain.map((key) => this.#own(entry.variants.get(key) ?? {}));
    const layout = fronts.find((front) => front.layout)?.layout;
    const sample = fronts.find((front) => front.sample)?.sample;
    const checkOff = fronts.find((front) => front.checkOff)?.checkOff;
    return {
      ...fronts[0],
      ...(layout && { layout }),
      ...(sample && { sample }),
      ...(checkOff && { checkOff }),
    };
  }

  #own({ html, text }: FilePair): FrontMatter {
    const file = html ?? text;
    return file ? this.#source(file).front : {};
  }

  #source(file: TemplateFile): ParsedFile {
    const known = this.#sources.get(file.path);
    if (known) return known;
    const { front, body } = splitFile(file, this.#faults);
    const namespace = this.#namespaces.get(file.path) ?? '';
    const source = { file, front, body, tree: parsePiece(body, this.#faults), namespace };
    this.#sources.set(file.path, source);
    return source;
  }

  #reach(
    file: TemplateFile,
    layout: string | undefined,
    files: ReadonlyMap<string, TemplateFile>,
  ): readonly ParsedFile[] {
    const own = this.#source(file);
    const around = layout === undefined ? undefined : files.get(LAYOUT_PREFIX + layout);
    const found = new Map([[file.path, own]]);
    if (around) this.#visit(around, files, found);
    this.#follow(own.tree, files, found);
    return [...found.values()];
  }

  #visit(file: TemplateFile, files: ReadonlyMap<string, TemplateFile>, found: Map<string, ParsedFile>): void {
    if (found.has(file.path)) return;
    const source = this.#source(file);
    found.set(file.path, source);
    this.#reached.add(file.path);
    this.#follow(source.tree, files, found);
  }

  #follow(
    tree: hbs.AST.Program | undefined,
    files: ReadonlyMap<string, TemplateFile>,
    found: Map<string, ParsedFile>,
  ): void {
    const calls = nodesIn(tree).filter((node) => isPartial(node) || isPartialBlock(node));
    this.#dynamic ||= calls.some(({ name }) => isSubExpression(name));
    const names = new Set(calls.flatMap(({ name }) => (isSubExpression(name) ? [] : [writtenName(name)])));
    for (const name of names) {
      const file = files.get(name);
      if (file) this.#visit(file, files, found);
    }
  }
}
