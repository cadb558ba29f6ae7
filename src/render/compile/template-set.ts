import type { Page, PageVariant } from './page.js';
import { BodyCompiler } from './body-compiler.js';
import type { CssInliner } from '../css/css-inliner.js';
import type { FrontMatter } from '../syntax/front-matter.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import { localeChain } from '../format/locale-chain.js';
import { once } from './once.js';
import { endlessCall, type CallNode, type PartialCall } from '../syntax/partial-call.js';
import { PartialNames } from './partial-names.js';
import { PartialSlots, type Slots } from './partial-slots.js';
import { showLocation, type SourceLocation } from '../faults/source-location.js';
import { insidePartial } from '../engine/strict-node.js';
import type { StrictPiece } from '../syntax/strict-syntax.js';
import { StyleSheets } from '../css/style-sheets.js';
import type { Piece } from '../syntax/syntax.js';
import { TemplateAnalysis } from './template-analysis.js';
import {
  LAYOUT_PREFIX,
  showUnknown,
  whereLayout,
  wherePartial,
  TemplateCatalog,
  type FilePair,
  type PageEntry,
} from './template-catalog.js';
import { TemplateCompiler, type Plan, type Sight } from './template-compiler.js';
import type { TemplateEngine } from '../engine/template-engine.js';
import type { TemplateFault, TemplateFaults } from '../faults/template-fault.js';
import type { Destination, TemplateFile, TemplateFolder } from '../files/template-file.js';

export interface TemplateSetOptions {
  readonly folders: readonly TemplateFolder[];
  readonly engine: TemplateEngine;
  readonly messages: TemplateMessages;
  readonly faults: TemplateFaults;
  /** Whether links to style sheets have to lead somewhere. */
  readonly inlineCss: boolean;
  /** Absent when no template brings styles, or none are to be inlined. */
  readonly inliner?: CssInliner | undefined;
  readonly onWarning: (message: string) => void;
  /** Names of partials beside those in the folders. */
  readonly names?: PartialNames | undefined;
}

/** A partial block whose partial does not exist. */
export interface Fallback {
  readonly place: SourceLocation;
  readonly partial: string;
}

interface Compilers {
  readonly pieces: TemplateCompiler;
  readonly bodies: BodyCompiler;
}

type NamedLayout = NonNullable<FrontMatter['layout']>;

/** What is left to do of something that was checked. */
type Compilation<Result> = (compilers: Compilers) => Result;

/**
 * One generation of templates: everything in the folders, analysed and checked, so that compiling it finds
 * no fault. Faults are collected; what is not touched by one works. Each template is compiled when it is
 * first rendered: that takes several times as long as proving it, and many are never sent by a process.
 */
export class TemplateSet {
  readonly pages: ReadonlyMap<string, Page>;
  readonly styles: StyleSheets;
  readonly names: PartialNames;
  readonly #fallbacks = new Map<string, Fallback>();
  readonly #options: TemplateSetOptions;
  readonly #catalog: TemplateCatalog;
  readonly #analysis: TemplateAnalysis;
  readonly #sights = new Map<string, Sight>();
  readonly #slots = new Map<Sight, PartialSlots>();

  constructor(options: TemplateSetOptions) {
    const { folders, faults } = options;
    this.#options = options;
    this.styles = new StyleSheets(folders);
    this.#catalog = new TemplateCatalog(folders, faults);
    this.#analysis = new TemplateAnalysis({ ...options, catalog: this.#catalog, styles: this.styles });
    for (const { root, files } of folders)
      for (const file of files) this.#analysis.add(file, root.namespace ?? '');
    this.names = new PartialNames(folders, this.#analysis.inlineNames, options.names);
    for (const { root } of folders) this.#sight(root.namespace ?? '', '', 'html');
    // Every check comes before anything is compiled: what is faulty is known by then.
    const plans = this.#catalog.pages.map((entry) => this.#planPage(entry));
    const compilers = this.#compilers();
    this.pages = new Map(plans.map((compile) => compile(compilers)).map((page) => [page.name, page]));
  }

  /** The blocks that are sent because no template has the partial they were written for. */
  get fallbacks(): readonly Fallback[] {
    return [...this.#fallbacks.values()];
  }

  #compilers(): Compilers {
    const { engine, faults, inliner } = this.#options;
    const pieces = new TemplateCompiler({ engine, faults, analysis: this.#analysis });
    return { pieces, bodies: new BodyCompiler({ compiler: pieces, engine, styles: this.styles, inliner }) };
  }

  #planPage(entry: PageEntry): Compilation<Page> {
    const variants = [...entry.variants.keys()].map((locale) => this.#planVariant(entry, locale));
    return (compilers) => {
      const compiled = variants.map((compile) => compile(compilers));
      const { name, namespace } = entry;
      return {
        name,
        namespace,
        variants: new Map(compiled.map((variant) => [variant.locale ?? '', variant])),
      };
    };
  }

  #planVariant(entry: PageEntry, locale: string): Compilation<PageVariant> {
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
    return ({ pieces, bodies: compiler }) => {
      const faults = this.#options.faults.list.filter(({ place }) => files.has(place.file));
      const own = locale ? { locale, faults } : { faults };
      if (faults.length > 0) return own;
      const { subject, preheader } = lines;
      return {
        ...own,
        ...(subject && { subject: pieces.rendering(subject) }),
        ...(preheader && { preheader: pieces.rendering(preheader) }),
        compiled: once(() => compiler.compile(bodies.html, bodies.text, entry.namespace)),
      };
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
    return this.#analysis.front(html ?? text);
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
    const piece = this.#analysis.piece(file);
    if (!piece) return undefined;
    this.#checkCalls(piece, sight);
    this.#checkSlots(piece.root, sight);
    if (!layout) return { program: piece.program, sight };
    const name = LAYOUT_PREFIX + layout.name;
    if (sight.files.has(name)) {
      this.#checkLayout(layout, piece, sight);
      return { program: insidePartial(name, piece.program), sight };
    }
    // The markup of a layout that has no text would be printed; a layout that is not there is a slip in text, too.
    if (sight.destination === 'html' || !this.names.has(name, sight.namespace)) {
      const known = this.names
        .all(sight.namespace)
        .filter((key) => key.startsWith(LAYOUT_PREFIX))
        .map((key) => key.slice(LAYOUT_PREFIX.length));
      const fault = {
        what: showUnknown('layout', layout.name, known),
        fix: whereLayout(layout.name, known),
      };
      this.#options.faults.add({ place: layout.place, ...fault });
    }
    return { program: piece.program, sight };
  }

  #planLine(line: Piece | undefined, namespace: string, locale: string): Plan | undefined {
    const piece = line && this.#analysis.read(line, namespace, locale);
    if (!piece) return undefined;
    const sight = this.#sight(namespace, locale, 'text');
    this.#checkCalls(piece, sight);
    this.#checkSlots(piece.root, sight);
    return { program: piece.program, sight };
  }

  #sight(namespace: string, locale: string, destination: Destination): Sight {
    const key = JSON.stringify([namespace, locale, destination]);
    const known = this.#sights.get(key);
    if (known) return known;
    const files = this.#catalog.shared(namespace, locale, destination);
    const sight: Sight = { files, destination, namespace };
    this.#sights.set(key, sight);
    for (const file of sight.files.values()) {
      const piece = this.#analysis.piece(file);
      if (piece) this.#checkCalls(piece, sight);
    }
    return sight;
  }

  #checkCalls(piece: StrictPiece, sight: Sight): void {
    const { faults } = this.#options;
    for (const call of [piece.root, ...piece.inlines].flatMap((node) => node.calls)) {
      if (typeof call.to !== 'string' || sight.files.has(call.to)) continue;
      if (call.optional) this.#fallBack(call, call.to, sight);
      else if (!this.names.isInline(call.to)) {
        const fix = wherePartial(call.to, sight.files.keys());
        faults.add({ place: call.place, what: showUnknown('partial', call.to, sight.files.keys()), fix });
      }
    }
    const endless = endlessCall(piece.root, (name) => this.#root(name, sight));
    if (endless) faults.add({ place: endless.place, what: 'this partial includes itself without end' });
  }

  /** A partial may print what its callers define inline; here nobody is left to define it. */
  #checkSlots(root: CallNode, sight: Sight): void {
    for (const [name, calls] of this.#slotsOf(root, sight)) {
      const own = calls.findLast(({ place }) => place.file === root.label) ?? calls[0];
      const printed = calls.at(-1);
      if (!own || !printed) continue;
      const known = sight.files.keys();
      const fault =
        own === printed
          ? { what: showUnknown('partial', name, known), fix: wherePartial(name, sight.files.keys()) }
          : unfilledSlot(name, printed.place);
      this.#options.faults.add({ place: own.place, ...fault });
    }
  }

  #checkLayout({ name, place }: NamedLayout, { slots }: StrictPiece, sight: Sight): void {
    const around = this.#analysis.piece(sight.files.get(LAYOUT_PREFIX + name));
    if (!around) return;
    for (const [slot, calls] of this.#slotsOf(around.root, sight)) {
      const printed = calls.at(-1);
      if (printed && !slots.has(slot))
        this.#options.faults.add({ place, ...unfilledSlot(slot, printed.place) });
    }
  }

  #slotsOf(root: CallNode, sight: Sight): Slots {
    const known = this.#slots.get(sight) ?? new PartialSlots((name) => this.#root(name, sight));
    this.#slots.set(sight, known);
    return known.of(root);
  }

  #root(name: string, { files }: Sight): CallNode | undefined {
    return this.#analysis.piece(files.get(name))?.root;
  }

  #fallBack({ place }: PartialCall, partial: string, { namespace }: Sight): void {
    if (this.names.has(partial, namespace)) return;
    const misspelling = this.names.misspelling(partial, namespace);
    if (misspelling) this.#options.faults.add({ place, ...misspelling });
    else this.#fallbacks.set(showLocation(place), { place, partial });
  }
}

/** A partial that is asked for by one that is called. */
function unfilledSlot(name: string, printed: SourceLocation): Pick<TemplateFault, 'what' | 'fix'> {
  return {
    what: `nothing here gives the partial "${name}", which ${showLocation(printed)} prints`,
    fix: `Define it in the block of the call, {{#*inline "${name}"}}…{{/inline}}, or give it a default there: {{#> ${name}}}…{{/${name}}}`,
  };
}
