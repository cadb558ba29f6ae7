import type { Component } from './component.js';
import { isRemote, styleLinks, type CssInliner } from './css-inliner.js';
import { SlowPath, SlowPathNeeded, type FastPath } from './fast-path.js';
import { flatPage } from './flat-page.js';
import { hasFrontMatter, splitFrontMatter, type FrontMatter, type FrontMatterSplit } from './front-matter.js';
import { inlinedPage, type InlinedPage } from './inlined-page.js';
import { localeChain } from './locale-chain.js';
import { endlessCall, type CallNode } from './partial-call.js';
import { placeOf, startOf } from './place.js';
import { Sites } from './site.js';
import { insidePartial, type StrictProgram } from './strict-node.js';
import { strictSyntax, type StrictPiece } from './strict-syntax.js';
import { StyleSheets } from './style-sheets.js';
import { parsePiece, type Piece } from './syntax.js';
import {
  LAYOUT_PREFIX,
  showUnknown,
  TemplateCatalog,
  type FilePair,
  type PageEntry,
} from './template-catalog.js';
import {
  runOptions,
  type CompiledTemplate,
  type Destination,
  type RenderData,
  type Surroundings,
  type TemplateEngine,
} from './template-engine.js';
import { invalidTemplates, TemplateFaults, type TemplateFault } from './template-fault.js';
import type { TemplateFile, TemplateFolder } from './template-folder.js';

/** A compiled piece with everything it needs but a context. */
export type Rendering = (context: object, data: RenderData) => string;

/** One language of a template, compiled. */
export interface PageVariant {
  /** Absent in the base variant. */
  readonly locale?: string;
  readonly subject?: Rendering;
  readonly preheader?: Rendering;
  readonly html?: Rendering;
  /** Whether the styles of its html were inlined when it was compiled; absent without html. */
  readonly fastPath?: FastPath;
  readonly text?: Rendering;
  /** What keeps it from being rendered, after an edit. */
  readonly faults: readonly TemplateFault[];
}

/** A template, compiled. */
export interface Page {
  readonly name: string;
  readonly namespace: string;
  readonly variants: ReadonlyMap<string, PageVariant>;
}

export interface TemplateSetOptions {
  readonly folders: readonly TemplateFolder[];
  readonly engine: TemplateEngine;
  readonly faults: TemplateFaults;
  /** Whether links to style sheets have to lead somewhere. */
  readonly inlineCss: boolean;
  /** Absent when no template brings styles, or none are to be inlined. */
  readonly inliner?: CssInliner | undefined;
  readonly onWarning: (message: string) => void;
}

/** A file as analysed; `piece` is absent when it could not be. */
interface Analysis {
  readonly front: FrontMatter;
  readonly piece?: StrictPiece | undefined;
}

/** The partials in sight of a piece. */
interface Sight {
  readonly files: ReadonlyMap<string, TemplateFile>;
  readonly destination: Destination;
  surroundings?: Surroundings;
}

/** A piece with its layout and the partials in its sight, not yet compiled. */
interface Plan {
  readonly program: StrictProgram;
  readonly sight: Sight;
}

/**
 * One generation of templates: everything in the folders, analysed, checked and compiled. Faults are
 * collected; what is not touched by one works.
 */
export class TemplateSet {
  readonly pages: ReadonlyMap<string, Page>;
  readonly styles: StyleSheets;
  readonly #options: TemplateSetOptions;
  readonly #sites = new Sites();
  readonly #catalog: TemplateCatalog;
  readonly #analyses = new Map<string, Analysis>();
  readonly #sights = new Map<string, Sight>();
  readonly #compiled = new Map<string, CompiledTemplate>();
  readonly #inlineNames = new Set<string>();

  constructor(options: TemplateSetOptions) {
    const { folders, faults } = options;
    this.#options = options;
    this.styles = new StyleSheets(folders);
    this.#catalog = new TemplateCatalog(folders, faults);
    for (const folder of folders)
      for (const file of folder.files) this.#analyse(file, folder.root.namespace ?? '');
    for (const { root } of folders) this.#sight(root.namespace ?? '', '', 'html');
    // Every check comes before anything is compiled: what is faulty is known by then.
    const plans = this.#catalog.pages.map((entry) => this.#planPage(entry));
    this.pages = new Map(plans.map((compile) => compile()).map((page) => [page.name, page]));
  }

  #analyse(file: TemplateFile, namespace: string): void {
    const { faults } = this.#options;
    const split = this.#split(file);
    const start = { file: file.path, line: split.bodyLine, column: 1 };
    const piece = this.#strict({ source: split.body, place: start }, namespace);
    if (!file.text && this.#options.inlineCss) this.#checkLinks(file, namespace);
    this.#analyses.set(file.path, { front: split.front, piece });
    if (file.kind !== 'page' && hasFrontMatter(file.content)) {
      faults.add({
        place: startOf(file.path),
        what: `a ${file.kind} has no front matter`,
        mend: 'Remove the --- lines',
      });
    }
  }

  #split(file: TemplateFile): FrontMatterSplit {
    if (file.kind !== 'page') return { front: {}, body: file.content, bodyLine: 1 };
    return splitFrontMatter(file.path, file.content, this.#options.faults);
  }

  #strict(piece: Piece, namespace: string): StrictPiece | undefined {
    const { engine, faults } = this.#options;
    const tree = parsePiece(piece, faults);
    if (!tree) return undefined;
    const { builtins, userHelpers } = engine;
    const component = (name: string): Component | undefined => this.#catalog.component(namespace, name);
    const strict = strictSyntax(piece, tree, {
      sites: this.#sites,
      builtins,
      userHelpers,
      component,
      faults,
    });
    for (const { label } of strict.inlines) this.#inlineNames.add(label);
    return strict;
  }

  #checkLinks({ path, content }: TemplateFile, namespace: string): void {
    for (const { href, offset } of styleLinks(content)) {
      const place = placeOf(path, content, offset);
      if (href.includes('{{') || this.styles.find(href, namespace) !== undefined) continue;
      if (isRemote(href)) {
        this.#options.onWarning(`${path}:${place.line}: the remote style sheet ${href} is not inlined`);
      } else {
        const mend = 'Write its path from the templates folder, e.g. css/mail.css';
        this.#options.faults.add({
          place,
          what: `style sheet "${href}" is not in the templates folder`,
          mend,
        });
      }
    }
  }

  #planPage(entry: PageEntry): () => Page {
    const variants = [...entry.variants.keys()].map((locale) => this.#planVariant(entry, locale));
    return () => {
      const compiled = variants.map((compile) => compile());
      const { name, namespace } = entry;
      return {
        name,
        namespace,
        variants: new Map(compiled.map((variant) => [variant.locale ?? '', variant])),
      };
    };
  }

  #planVariant(entry: PageEntry, locale: string): () => PageVariant {
    const pair = entry.variants.get(locale) ?? {};
    this.#checkPair(pair);
    const front = this.#front(pair);
    const layout = this.#layout(entry, locale);
    const bodies = {
      html: this.#planBody(pair.html, layout, this.#sight(entry.namespace, locale, 'html')),
      text: this.#planBody(
        pair.text,
        this.#front({ text: pair.text }).layout ?? layout,
        this.#sight(entry.namespace, locale, 'text'),
      ),
    };
    const lines = {
      subject: this.#planLine(front.subject, entry.namespace, locale),
      preheader: this.#planLine(front.preheader, entry.namespace, locale),
    };
    const files = new Set([pair.html?.path, pair.text?.path]);
    return () => {
      const faults = this.#options.faults.list.filter(({ place }) => files.has(place.file));
      const own = locale ? { locale, faults } : { faults };
      return faults.length > 0
        ? own
        : { ...own, ...this.#renderings({ ...bodies, ...lines }, entry.namespace) };
    };
  }

  /** One template has one subject: where there is an html file, it stands there. */
  #checkPair({ html, text }: FilePair): void {
    if (!html || !text) return;
    const { subject, preheader } = this.#front({ text });
    for (const line of [subject, preheader]) {
      if (line) this.#options.faults.add({ place: line.place, what: `this belongs into ${html.path}` });
    }
  }

  #front({
    html,
    text,
  }: {
    readonly html?: TemplateFile | undefined;
    readonly text?: TemplateFile | undefined;
  }): FrontMatter {
    const file = html ?? text;
    return (file && this.#analyses.get(file.path)?.front) ?? {};
  }

  /** Variants take the layout over from the next wider language that names one. */
  #layout(entry: PageEntry, locale: string): FrontMatter['layout'] {
    for (const key of [...(locale ? localeChain(locale) : []), '']) {
      const { layout } = this.#front(entry.variants.get(key) ?? {});
      if (layout) return layout;
    }
    return undefined;
  }

  #planBody(file: TemplateFile | undefined, layout: FrontMatter['layout'], sight: Sight): Plan | undefined {
    const piece = file && this.#analyses.get(file.path)?.piece;
    if (!piece) return undefined;
    this.#checkCalls(piece, sight);
    if (!layout) return { program: piece.program, sight };
    const name = LAYOUT_PREFIX + layout.name;
    if (sight.files.has(name)) return { program: insidePartial(name, piece.program), sight };
    if (sight.destination === 'html') {
      const known = [...sight.files.keys()]
        .filter((key) => key.startsWith(LAYOUT_PREFIX))
        .map((key) => key.slice(LAYOUT_PREFIX.length));
      this.#options.faults.add({ place: layout.place, what: showUnknown('layout', layout.name, known) });
    }
    return { program: piece.program, sight };
  }

  #planLine(line: Piece | undefined, namespace: string, locale: string): Plan | undefined {
    const piece = line && this.#strict(line, namespace);
    if (!piece) return undefined;
    const sight = this.#sight(namespace, locale, 'text');
    this.#checkCalls(piece, sight);
    return { program: piece.program, sight };
  }

  #sight(namespace: string, locale: string, destination: Destination): Sight {
    const key = JSON.stringify([namespace, locale, destination]);
    const known = this.#sights.get(key);
    if (known) return known;
    const sight: Sight = { files: this.#catalog.shared(namespace, locale, destination), destination };
    this.#sights.set(key, sight);
    for (const { path } of sight.files.values()) {
      const piece = this.#analyses.get(path)?.piece;
      if (piece) this.#checkCalls(piece, sight);
    }
    return sight;
  }

  #checkCalls(piece: StrictPiece, sight: Sight): void {
    const { faults } = this.#options;
    for (const call of [piece.root, ...piece.inlines].flatMap((node) => node.calls)) {
      if (typeof call.to !== 'string' || call.optional || sight.files.has(call.to)) continue;
      const mend = `{{#> ${call.to}}}…{{/${call.to}}} makes it optional`;
      faults.add({ place: call.place, what: showUnknown('partial', call.to, sight.files.keys()), mend });
    }
    const resolve = (name: string): CallNode | undefined => {
      const file = sight.files.get(name);
      return file && this.#analyses.get(file.path)?.piece?.root;
    };
    const endless = endlessCall(piece.root, resolve);
    if (endless) faults.add({ place: endless.place, what: 'this partial includes itself without end' });
  }

  #renderings(
    { html, ...plain }: Readonly<Record<'html' | 'text' | 'subject' | 'preheader', Plan | undefined>>,
    namespace: string,
  ): Partial<Omit<PageVariant, 'faults'>> {
    const made = Object.entries(plain).flatMap(([key, plan]): Array<[string, Rendering]> =>
      plan ? [[key, this.#rendering(plan)]] : [],
    );
    return { ...Object.fromEntries(made), ...(html && this.#styled(html, namespace)) };
  }

  /** Html with its styles inlined: now if that is known to give the same result, else for each mail. */
  #styled(plan: Plan, namespace: string): Pick<PageVariant, 'html' | 'fastPath'> {
    const { inliner } = this.#options;
    if (!inliner) return { html: this.#rendering(plan), fastPath: { ok: true } };
    const sheet = (href: string): string | undefined => this.styles.find(href, namespace);
    let unstyled: Rendering | undefined;
    const slow: Rendering = (context, data) => {
      unstyled ??= this.#rendering(plan);
      return inliner.inline(unstyled(context, data), sheet);
    };
    try {
      return { html: this.#fast(this.#inlined(plan, inliner, sheet), slow), fastPath: { ok: true } };
    } catch (error) {
      if (!(error instanceof SlowPath)) throw error;
      unstyled = this.#rendering(plan);
      return { html: slow, fastPath: { ok: false, reason: error.message } };
    }
  }

  #inlined(
    { program, sight }: Plan,
    inliner: CssInliner,
    sheet: (href: string) => string | undefined,
  ): InlinedPage {
    const partial = (name: string): StrictProgram | undefined => {
      const file = sight.files.get(name);
      if (!file) return undefined;
      const piece = this.#analyses.get(file.path)?.piece;
      if (piece && this.#faultsIn(file.path).length === 0) return piece.program;
      throw new SlowPath(`the partial "${name}" is invalid`);
    };
    const { userHelpers } = this.#options.engine;
    return inlinedPage(flatPage(program, { partial }), { inliner, sheet, userHelpers });
  }

  #fast({ program, partials }: InlinedPage, slow: Rendering): Rendering {
    const { engine } = this.#options;
    const compiled = [...partials].map(([name, partial]): [string, CompiledTemplate] => [
      name,
      engine.compile(partial, 'html'),
    ]);
    const template = engine.compile(program, 'html');
    const own = Object.fromEntries(compiled);
    const surroundings = engine.surroundings(this.#sites, own, this.#inlineNames, 'text');
    return (context, data) => {
      try {
        return template(context, runOptions(surroundings, data));
      } catch (error) {
        if (!(error instanceof SlowPathNeeded)) throw error;
        return slow(context, data);
      }
    };
  }

  #faultsIn(path: string): readonly TemplateFault[] {
    return this.#options.faults.list.filter(({ place }) => place.file === path);
  }

  #rendering({ program, sight }: Plan): Rendering {
    const template = this.#options.engine.compile(program, sight.destination);
    const surroundings = this.#surroundings(sight);
    return (context, data) => template(context, runOptions(surroundings, data));
  }

  #surroundings(sight: Sight): Surroundings {
    sight.surroundings ??= this.#options.engine.surroundings(
      this.#sites,
      this.#partials(sight),
      this.#inlineNames,
    );
    return sight.surroundings;
  }

  #partials({ files, destination }: Sight): Record<string, CompiledTemplate> {
    const compiled = [...files].map(([name, file]): [string, CompiledTemplate] => [
      name,
      this.#partial(name, file, destination),
    ]);
    return Object.fromEntries(compiled);
  }

  #partial(name: string, { path }: TemplateFile, destination: Destination): CompiledTemplate {
    const key = `${destination} ${path}`;
    const known = this.#compiled.get(key);
    if (known) return known;
    const faults = this.#faultsIn(path);
    const program = this.#analyses.get(path)?.piece?.program;
    const usable = faults.length === 0 && program;
    const { engine } = this.#options;
    const partial = usable ? engine.guarded(engine.compile(program, destination), name) : faulty(faults);
    this.#compiled.set(key, partial);
    return partial;
  }
}

/** Stands in for a partial that an edit broke: the mails that use it fail, and say why. */
function faulty(faults: readonly TemplateFault[]): CompiledTemplate {
  return () => {
    throw invalidTemplates(faults);
  };
}
