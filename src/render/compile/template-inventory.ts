import Handlebars from 'handlebars';
import { splitFrontMatter, type FrontMatter } from '../syntax/front-matter.js';
import { localeChain } from '../format/locale-chain.js';
import { parsePiece, type Piece } from '../syntax/syntax.js';
import { LAYOUT_PREFIX, TemplateCatalog, type FilePair, type PageEntry } from './template-catalog.js';
import { TemplateFaults } from '../faults/template-fault.js';
import type { Destination, TemplateFile, TemplateFolder } from '../files/template-file.js';

/** A piece of a template file, parsed. */
export interface ParsedPiece {
  readonly body: Piece;
  /** Absent when it cannot be parsed. */
  readonly tree?: hbs.AST.Program | undefined;
  /** Of its file; the application's own have the empty one. */
  readonly namespace: string;
}

/** A template file, split and parsed. */
export interface ParsedFile extends ParsedPiece {
  readonly file: TemplateFile;
  readonly front: FrontMatter;
}

/** One language of a template, and the files it is made of. */
export interface VariantSources {
  readonly template: string;
  /** Absent for the base variant. */
  readonly locale?: string;
  /** Of its own html file, else of its text file; `layout`, `sample` and `check` taken over from the next wider language. */
  readonly front: FrontMatter;
  /** Its own file, its layout and every partial they may reach. Empty when it has no html. */
  readonly html: readonly ParsedFile[];
  /** The same for its text file, which may be absent too. */
  readonly text: readonly ParsedFile[];
  /** Its subject and preheader. */
  readonly lines: LineSources;
}

export interface LineSources {
  readonly pieces: readonly ParsedPiece[];
  /** Every partial they may reach. */
  readonly partials: readonly ParsedFile[];
}

/** What a file calls, as far as it is written there. */
interface Calls {
  readonly names: readonly string[];
  /** It looks partials up at run time. */
  readonly dynamic: boolean;
}

/** What the templates folders hold and which file uses which, for tools; rendering does not need it. */
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

  /** @param faults told what cannot be parsed; such a file only tells less */
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
    const inText = this.#files(entry, locale, 'text');
    return {
      template: entry.name,
      ...(locale && { locale }),
      front,
      html: html ? this.#reach(html, front.layout?.name, this.#files(entry, locale, 'html')) : [],
      text: text ? this.#reach(text, layout, inText) : [],
      lines: this.#lines(front, entry.namespace, inText),
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

  #files(
    { namespace }: PageEntry,
    locale: string,
    destination: Destination,
  ): ReadonlyMap<string, TemplateFile> {
    return this.#catalog.shared(namespace, locale, destination);
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
    const { front, body, bodyLine } =
      file.kind === 'page'
        ? splitFrontMatter(file.path, file.content, this.#faults)
        : { front: {}, body: file.content, bodyLine: 1 };
    const place = { file: file.path, line: bodyLine, column: 1 };
    const piece = { source: body, place, origins: file.origins };
    const namespace = this.#namespaces.get(file.path) ?? '';
    const source = { file, front, body: piece, tree: parsePiece(piece, this.#faults), namespace };
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
    const { names, dynamic } = tree ? callsOf(tree) : { names: [], dynamic: false };
    this.#dynamic ||= dynamic;
    for (const name of names) {
      const file = files.get(name);
      if (file) this.#visit(file, files, found);
    }
  }
}

function callsOf(tree: hbs.AST.Program): Calls {
  const visitor = new PartialCalls();
  visitor.accept(tree);
  return { names: [...visitor.names], dynamic: visitor.dynamic };
}

class PartialCalls extends Handlebars.Visitor {
  readonly names = new Set<string>();
  dynamic = false;

  override PartialStatement(partial: hbs.AST.PartialStatement): void {
    this.#add(partial);
    super.PartialStatement(partial);
  }

  override PartialBlockStatement(partial: hbs.AST.PartialBlockStatement): void {
    this.#add(partial);
    super.PartialBlockStatement(partial);
  }

  #add({ name }: Pick<hbs.AST.PartialStatement, 'name'>): void {
    if (name.type === 'SubExpression') this.dynamic = true;
    else if ('original' in name) this.names.add(name.original);
  }
}
