import { inlinesOf, readContext } from '../../render/context-shape.js';
import { ContextSlot } from '../../render/context-slot.js';
import { type FrontMatter, splitFrontMatter } from '../../render/front-matter.js';
import { localeChain } from '../../render/locale-chain.js';
import { parsePiece, type Piece } from '../../render/syntax.js';
import { LAYOUT_PREFIX, type PageEntry, TemplateCatalog } from '../../render/template-catalog.js';
import { TemplateFaults } from '../../render/template-fault.js';
import { readFolder, type TemplateFile, type TemplateFolder } from '../../render/template-folder.js';
import type { Project } from '../project.js';

/**
 * What each template of a project reads of its context, by name in alphabetical order.
 * @throws {MailError} `template-invalid` when a template cannot be parsed, `config` when a folder is absent
 */
export async function templateContexts(project: Project): Promise<ReadonlyMap<string, ContextSlot>> {
  const faults = new TemplateFaults();
  const folders = await Promise.all(project.roots.map((root) => readFolder(root, { faults })));
  const contexts = new TemplateContexts(folders, new Set(Object.keys(project.helpers)), faults).all();
  faults.throwIfAny();
  return contexts;
}

/** A page's front matter and body, taken apart. */
interface PagePieces {
  readonly front: FrontMatter;
  readonly body: Piece;
}

class TemplateContexts {
  readonly #catalog: TemplateCatalog;
  readonly #userHelpers: ReadonlySet<string>;
  readonly #faults: TemplateFaults;
  readonly #trees = new Map<string, hbs.AST.Program | undefined>();

  constructor(folders: readonly TemplateFolder[], userHelpers: ReadonlySet<string>, faults: TemplateFaults) {
    this.#catalog = new TemplateCatalog(folders, faults);
    this.#userHelpers = userHelpers;
    this.#faults = faults;
  }

  all(): ReadonlyMap<string, ContextSlot> {
    return new Map(this.#catalog.pages.map((page) => [page.name, this.#context(page)]));
  }

  #context(page: PageEntry): ContextSlot {
    const root = new ContextSlot();
    const samples: unknown[] = [];
    for (const [locale, { html, text }] of page.variants) {
      const pieces = { html: html && this.#pieces(html), text: text && this.#pieces(text) };
      for (const destination of ['html', 'text'] as const) {
        const own = pieces[destination];
        if (!own) continue;
        samples.push(own.front.sample);
        const layout =
          own.front.layout?.name ?? pieces.html?.front.layout?.name ?? this.#baseLayout(page, locale);
        this.#readPage(root, own, this.#catalog.shared(page.namespace, locale, destination), layout);
        this.#readLines(root, own.front, page.namespace, locale);
      }
    }
    for (const sample of samples) if (sample !== undefined) root.learn(sample);
    return root;
  }

  /** The page's inline partials are in sight of its layout. */
  #readPage(root: ContextSlot, { body }: PagePieces, files: Files, layout: string | undefined): void {
    const partials = this.#partials(files);
    const page = this.#read(root, body, partials);
    const file = layout === undefined ? undefined : files.get(LAYOUT_PREFIX + layout);
    if (file && page) this.#read(root, pieceOf(file), new Map([...partials, ...inlinesOf(page)]));
  }

  /** Subject and preheader are text whatever the page is. */
  #readLines(root: ContextSlot, front: FrontMatter, namespace: string, locale: string): void {
    const files = this.#catalog.shared(namespace, locale, 'text');
    for (const line of [front.subject, front.preheader])
      if (line) this.#read(root, line, this.#partials(files));
  }

  #read(root: ContextSlot, piece: Piece, partials: Programs): hbs.AST.Program | undefined {
    const tree = parsePiece(piece, this.#faults);
    if (tree) readContext(root, tree, { partials, userHelpers: this.#userHelpers });
    return tree;
  }

  #partials(files: Files): Programs {
    const trees = [...files].map(([name, file]) => [name, this.#tree(file)] as const);
    return new Map(trees.flatMap(([name, tree]) => (tree ? [[name, tree] as const] : [])));
  }

  #tree(file: TemplateFile): hbs.AST.Program | undefined {
    if (!this.#trees.has(file.path)) this.#trees.set(file.path, parsePiece(pieceOf(file), this.#faults));
    return this.#trees.get(file.path);
  }

  /** A language without a layout of its own takes that of the next one in its chain. */
  #baseLayout(page: PageEntry, locale: string): string | undefined {
    for (const key of [...(locale ? localeChain(locale) : []), '']) {
      const { html, text } = page.variants.get(key) ?? {};
      const fronts = [html, text].flatMap((file) => (file ? [this.#pieces(file).front] : []));
      const layout = fronts.find((front) => front.layout)?.layout;
      if (layout) return layout.name;
    }
    return undefined;
  }

  #pieces(file: TemplateFile): PagePieces {
    const { front, body, bodyLine } = splitFrontMatter(file.path, file.content, this.#faults);
    return { front, body: { source: body, place: { file: file.path, line: bodyLine, column: 1 } } };
  }
}

type Programs = ReadonlyMap<string, hbs.AST.Program>;
type Files = ReadonlyMap<string, TemplateFile>;

function pieceOf(file: TemplateFile): Piece {
  return { source: file.content, place: { file: file.path, line: 1, column: 1 } };
}
