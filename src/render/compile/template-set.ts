import type { Page, PageVariant } from './page.js';
import { BodyCompiler } from './body-compiler.js';
import type { CssInliner } from '../css/css-inliner.js';
import type { FrontMatter } from '../syntax/front-matter.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import { localeChain } from '../format/locale-chain.js';
import { once } from './once.js';
import { endlessCall, type Callable, type PartialCall } from '../syntax/partial-call.js';
import { PartialNames } from './partial-names.js';
import { PartialSlots, type Slots } from './partial-slots.js';
import { showLocation, type SourceLocation } from '../faults/source-location.js';
import { insidePartial } from '../engine/strict-node.js';
import type { StrictPiece } from '../syntax/strict-syntax.js';
import { StyleSheets } from '../css/style-sheets.js';
import type { Piece } from '../syntax/piece.js';
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
import { TemplateCompiler, type Plan, type PartialScope } from './template-compiler.js';
import type { TemplateEngine } from '../engine/template-engine.js';
import type { TemplateFault, TemplateFaults } from '../faults/template-fault.js';
import type { Destination, TemplateFile, TemplateFolder } from '../files/template-file.js';

export interface TemplateSetOptions {
  readonly folders: readonly TemplateFolder[];
  readonly engine: TemplateEngine;
  readonly messages: TemplateMessages;
  readonly faults: TemplateFaults;
  /** Makes a link to a missing style sheet a fault. */
  readonly inlineCss: boolean;
  /** Absent when no template brings styles, or none are to be inlined. */
  readonly inliner?: CssInliner | undefined;
  readonly onWarning: (message: string) => void;
  /** Names of partials from outside the folders. */
  readonly names?: PartialNames | undefined;
}

/** A partial block whose partial does not exist. */
export interface Fallback {
  readonly place: SourceLocation;
  readonly partial: string;
}

type NamedLayout = NonNullable<FrontMatter['layout']>;

/**
 * One generation of templates: everything in the folders, analysed and checked, so that compiling finds no fault.
 * It collects faults; templates without one work. Each template is compiled when it is first rendered: compiling
 * takes several times as long as checking, and a process never sends most of its templates.
 */
export class TemplateSet {
  readonly pages: ReadonlyMap<string, Page>;
  readonly styles: StyleSheets;
  readonly names: PartialNames;
  readonly #fallbacks = new Map<string, Fallback>();
  readonly #options: TemplateSetOptions;
  readonly #catalog: TemplateCatalog;
  readonly #analysis: TemplateAnalysis;
  readonly #pieces: TemplateCompiler;
  readonly #bodies: BodyCompiler;
  readonly #scopes = new Map<string, PartialScope>();
  readonly #slots = new Map<PartialScope, PartialSlots>();

  constructor(options: TemplateSetOptions) {
    const { folders, faults, engine, inliner } = options;
    this.#options = options;
    const styles = new StyleSheets(folders);
    this.styles = styles;
    this.#catalog = new TemplateCatalog(folders, faults);
    this.#analysis = new TemplateAnalysis({ ...options, catalog: this.#catalog, styles });
    this.#pieces = new TemplateCompiler({ engine, faults, analysis: this.#analysis });
    this.#bodies = new BodyCompiler({ compiler: this.#pieces, engine, styles, inliner });
    for (const { root, files } of folders)
      for (const file of files) this.#analysis.add(file, root.namespace ?? '');
    this.names = new PartialNames(folders, this.#analysis.inlineNames, options.names);
    for (const { root } of folders) this.#scope(root.namespace ?? '', '', 'html');
    // All checks run before anything is compiled, so that every faulty file is known by then.
    const plans = this.#catalog.pages.map((entry) => this.#planPage(entry));
    this.pages = new Map(plans.map((compile) => compile()).map((page) => [page.name, page]));
  }

  /** Partial blocks that mails print themselves, because their partial does not exist. */
  get fallbacks(): readonly Fallback[] {
    return [...this.#fallbacks.values()];
  }

  #planPage(entry: PageEntry): () => Page {
    const variants = [...entry.variants.keys()].map((locale) => this.#planVariant(entry, locale));
    return () => {
      const compiled = variants.map((compile) => compile());
      const { name, namespace } = entry;
      const byLocale = new Map(compiled.map((variant) => [variant.locale ?? '', variant]));
      return { name, namespace, variants: byLocale };
    };
  }

  #planVariant(entry: PageEntry, locale: string): () => PageVariant {
    const pair = entry.variants.get(locale) ?? {};
    this.#checkPair(pair);
    const front = this.#front(pair);
    const layout = this.#layout(entry, locale);
    const bodies = {
      html: this.#planBody(pair.html, layout, this.#scope(entry.namespace, locale, 'html')),
      text: this.#planBody(
        pair.text,
        this.#analysis.front(pair.text).layout ?? layout,
        this.#scope(entry.namespace, locale, 'text'),
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
      if (faults.length > 0) return own;
      const { subject, preheader } = lines;
      return {
        ...own,
        ...(subject && { subject: this.#pieces.rendering(subject) }),
        ...(preheader && { preheader: this.#pieces.rendering(preheader) }),
        compiled: once(() => this.#bodies.compile(bodies.html, bodies.text, entry.namespace)),
      };
    };
  }

  /** A template has one subject. Where it has an HTML file, the subject belongs there. */
  #checkPair({ html, text }: FilePair): void {
    if (!html || !text) return;
    const { subject, preheader } = this.#analysis.front(text);
    for (const line of [subject, preheader]) {
      if (line) this.#options.faults.add({ place: line.place, what: `this belongs into ${html.path}` });
    }
  }

  #front({ html, text }: FilePair): FrontMatter {
    return this.#analysis.front(html ?? text);
  }

  /** The layout of a variant, or of the next wider language that names one. */
  #layout(entry: PageEntry, locale: string): FrontMatter['layout'] {
    for (const key of [...(locale ? localeChain(locale) : []), '']) {
      const { layout } = this.#front(entry.variants.get(key) ?? {});
      if (layout) return layout;
    }
    return undefined;
  }

  #planBody(
    file: TemplateFile | undefined,
    layout: FrontMatter['layout'],
    scope: PartialScope,
  ): Plan | undefined {
    const piece = this.#analysis.piece(file);
    if (!piece) return undefined;
    this.#checkCalls(piece, scope);
    this.#checkSlots(piece.root, scope);
    if (!layout) return { program: piece.program, scope };
    const name = LAYOUT_PREFIX + layout.name;
    if (scope.files.has(name)) {
      this.#checkLayout(layout, piece, scope);
      return { program: insidePartial(name, piece.program), scope };
    }
    // A text mail may do without a layout that has only HTML. A layout that does not exist at all is a mistake.
    if (scope.destination === 'html' || !this.names.has(name, scope.namespace)) {
      const known = this.names
        .all(scope.namespace)
        .filter((key) => key.startsWith(LAYOUT_PREFIX))
        .map((key) => key.slice(LAYOUT_PREFIX.length));
      const fault = {
        what: showUnknown('layout', layout.name, known),
        fix: whereLayout(layout.name, known),
      };
      this.#options.faults.add({ place: layout.place, ...fault });
    }
    return { program: piece.program, scope };
  }

  #planLine(line: Piece | undefined, namespace: string, locale: string): Plan | undefined {
    const piece = line && this.#analysis.read(line, namespace, locale);
    if (!piece) return undefined;
    const scope = this.#scope(namespace, locale, 'text');
    this.#checkCalls(piece, scope);
    this.#checkSlots(piece.root, scope);
    return { program: piece.program, scope };
  }

  #scope(namespace: string, locale: string, destination: Destination): PartialScope {
    const key = JSON.stringify([namespace, locale, destination]);
    const known = this.#scopes.get(key);
    if (known) return known;
    const files = this.#catalog.shared(namespace, locale, destination);
    const scope: PartialScope = { files, destination, namespace };
    this.#scopes.set(key, scope);
    for (const file of scope.files.values()) {
      const piece = this.#analysis.piece(file);
      if (piece) this.#checkCalls(piece, scope);
    }
    return scope;
  }

  #checkCalls(piece: StrictPiece, scope: PartialScope): void {
    const { faults } = this.#options;
    for (const call of [piece.root, ...piece.inlines].flatMap((node) => node.calls)) {
      if (typeof call.to !== 'string' || scope.files.has(call.to)) continue;
      if (call.optional) this.#fallBack(call, call.to, scope);
      else if (!this.names.isInline(call.to)) {
        const fix = wherePartial(call.to, scope.files.keys());
        faults.add({ place: call.place, what: showUnknown('partial', call.to, scope.files.keys()), fix });
      }
    }
    const endless = endlessCall(piece.root, (name) => this.#root(name, scope));
    if (endless) faults.add({ place: endless.place, what: 'this partial includes itself without end' });
  }

  /** A partial may print inline partials of its callers. A page has no callers left to define them. */
  #checkSlots(root: Callable, scope: PartialScope): void {
    for (const [name, calls] of this.#slotsOf(root, scope)) {
      const own = calls.findLast(({ place }) => place.file === root.label) ?? calls[0];
      const printed = calls.at(-1);
      if (!own || !printed) continue;
      const known = scope.files.keys();
      const fault =
        own === printed
          ? { what: showUnknown('partial', name, known), fix: wherePartial(name, scope.files.keys()) }
          : unfilledSlot(name, printed.place);
      this.#options.faults.add({ place: own.place, ...fault });
    }
  }

  #checkLayout({ name, place }: NamedLayout, { slots }: StrictPiece, scope: PartialScope): void {
    const around = this.#analysis.piece(scope.files.get(LAYOUT_PREFIX + name));
    if (!around) return;
    for (const [slot, calls] of this.#slotsOf(around.root, scope)) {
      const printed = calls.at(-1);
      if (printed && !slots.has(slot))
        this.#options.faults.add({ place, ...unfilledSlot(slot, printed.place) });
    }
  }

  #slotsOf(root: Callable, scope: PartialScope): Slots {
    const known = this.#slots.get(scope) ?? new PartialSlots((name) => this.#root(name, scope));
    this.#slots.set(scope, known);
    return known.of(root);
  }

  #root(name: string, { files }: PartialScope): Callable | undefined {
    return this.#analysis.piece(files.get(name))?.root;
  }

  #fallBack({ place }: PartialCall, partial: string, { namespace }: PartialScope): void {
    if (this.names.has(partial, namespace)) return;
    const misspelling = this.names.misspelling(partial, namespace);
    if (misspelling) this.#options.faults.add({ place, ...misspelling });
    else this.#fallbacks.set(showLocation(place), { place, partial });
  }
}

/** The fault of calling a partial that prints another one, which the caller does not define. */
function unfilledSlot(name: string, printed: SourceLocation): Pick<TemplateFault, 'what' | 'fix'> {
  return {
    what: `nothing here gives the partial "${name}", which ${showLocation(printed)} prints`,
    fix: `Define it in the block of the call, {{#*inline "${name}"}}…{{/inline}}, or give it a default there: {{#> ${name}}}…{{/${name}}}`,
  };
}
