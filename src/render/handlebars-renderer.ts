import { MailError, messageOf } from '../errors/mail-error.js';
import { show } from '../errors/config-report.js';
import { localesOf, variantFor, type Bodies, type Page, type PageVariant } from './compile/page.js';
import type { PartialNames } from './compile/partial-names.js';
import { renderError } from './faults/context-fault.js';
import { loadCssEngine } from './css/css-engine.js';
import { CssInliner } from './css/css-inliner.js';
import { bringsStyles } from './css/style-tags.js';
import type { FastPath } from './faults/fast-path.js';
import { FolderWatch } from './files/folder-watch.js';
import { loadMessages, type Messages } from './i18n/messages.js';
import type { TemplateMessages } from './i18n/template-messages.js';
import type { MailTranslator } from './i18n/translator.js';
import { checkHelpers } from './helpers/helper.js';
import { kitFolder, usesKitLayout } from './components/kit.js';
import { themeOf, type Theme } from './components/theme.js';
import { DEFAULT_LOCALE } from '../message/values/locale.js';
import { localeParents } from './format/locale-chain.js';
import { didYouMean } from '../errors/closest.js';
import { MjmlCompiler } from './mjml/mjml-compiler.js';
import { pagesInUse, type PagesInUse, type Reading } from './compile/pages-in-use.js';
import { Preheader, withPreheader } from './format/preheader.js';
import type { RenderedBody, Renderer, RenderRequest } from './renderer.js';
import { SourceReader } from './source/source-reader.js';
import { SourcedPages, type CompilePages } from './source/sourced-pages.js';
import type { TemplateSource } from './source/template-source.js';
import { builtinHelpers } from './engine/builtin-helpers.js';
import { TemplateEngine, type RenderData, type TemplateEngineOptions } from './engine/template-engine.js';
import { invalidTemplates, TemplateFaults, type TemplateFault } from './faults/template-fault.js';
import { readFolder } from './compile/template-folder.js';
import type { TemplateFile, TemplateFolder, TemplateRoot } from './files/template-file.js';
import { TemplateInventory } from './compile/template-inventory.js';
import { TemplateSet, type Fallback, type TemplateSetOptions } from './compile/template-set.js';
import { TextDirections } from './format/text-direction.js';

export interface HandlebarsRendererOptions extends TemplateEngineOptions {
  /**
   * Of several roots without a namespace, the first that has a name supplies it with all its languages.
   * Templates of a root with a namespace see that root's layouts and partials first, then the others'.
   */
  readonly roots: readonly TemplateRoot[];
  /** Asked before the folders, in this order. @default none */
  readonly sources?: readonly TemplateSource[];
  /** Moves the rules of `<style>` and of linked local style sheets into `style` attributes. */
  readonly inlineCss: boolean;
  /** For tools: styles that have to be inlined are none that are refused where `inlineCss` is false. @default false */
  readonly asWritten?: boolean;
  /** How the built-in layout and components look. */
  readonly theme?: Theme;
  /** The language of mails that name none, and the last one messages are looked up in; canonical BCP 47. @default 'en' */
  readonly defaultLocale?: string;
  /** Asked for texts before the catalogs. */
  readonly translator?: MailTranslator | undefined;
  /** Told what deserves attention and is no error, e.g. a template that became invalid while being edited. */
  readonly onWarning?: (message: string) => void;
}

/** One language of a template, and how its styles are inlined. */
export interface TemplatePath {
  readonly template: string;
  /** Absent for the base variant. */
  readonly locale?: string;
  readonly fastPath: FastPath;
  /** Of the text that is made from its html; absent where it has a text of its own. */
  readonly textPath?: FastPath;
  /** How many selectors of linked style sheets its html does without, as far as it is known yet; absent for none. */
  readonly dropped?: number;
}

const MAX_SHOWN_NAMES = 20;

const NO_BODIES: Bodies = { html: undefined, text: undefined };

/**
 * Renders Handlebars templates from folders. All of them are read and proven by `load`;
 * `render` does no I/O but to ask the sources, if there are any. A variable that is missing is an error,
 * not an empty string.
 */
export class HandlebarsRenderer implements Renderer {
  readonly #options: HandlebarsRendererOptions;
  readonly #engine: TemplateEngine;
  readonly #kit: TemplateFolder;
  readonly #defaultLocale: string;
  readonly #directions = new TextDirections();
  #folders: readonly TemplateFolder[] = [];
  #faults = new TemplateFaults();
  #set: TemplateSet | undefined;
  #messages: Messages | undefined;
  #pages: PagesInUse = new Map();
  readonly #mjml: MjmlCompiler;
  readonly #readers: readonly SourceReader[];
  /** Absent without sources: then nothing is waited for. */
  #sourced: SourcedPages | undefined;
  #inliner: CssInliner | undefined;
  #watch: FolderWatch | undefined;
  #reloading: Promise<void> = Promise.resolve();
  readonly #onReload = new Set<(folders: readonly TemplateFolder[]) => void>();

  /** @throws {MailError} `config` for a helper that templates could not call */
  constructor(options: HandlebarsRendererOptions) {
    checkHelpers(options.helpers, options.helpersName);
    this.#options = options;
    this.#mjml = new MjmlCompiler(undefined, !options.inlineCss && !options.asWritten);
    this.#readers = (options.sources ?? []).map((source) => new SourceReader(source));
    this.#defaultLocale = options.defaultLocale ?? DEFAULT_LOCALE;
    this.#engine = new TemplateEngine(options, builtinHelpers(this.#defaultLocale));
    this.#kit = kitFolder(options.theme ?? themeOf());
  }

  async load(): Promise<void> {
    const faults = await this.#read();
    faults.throwIfAny();
  }

  names(): readonly string[] {
    return [...this.#pages.keys()];
  }

  /**
   * Of every template with html in every language: whether its styles are inlined when it is compiled, or
   * why not. Compiles all of them.
   */
  fastPaths(): readonly TemplatePath[] {
    return [...(this.#set?.pages.values() ?? [])].flatMap(({ name, variants }) =>
      [...variants.values()].flatMap((variant) => pathOf(name, variant)),
    );
  }

  /** What is wrong with the templates as last read; `load` throws the same. */
  faults(): readonly TemplateFault[] {
    return this.#faults.list;
  }

  /** Partial blocks whose partial does not exist. */
  fallbacks(): readonly Fallback[] {
    return this.#set?.fallbacks ?? [];
  }

  /** Whether there may be templates beside `names()`. */
  get hasSources(): boolean {
    return this.#readers.length > 0;
  }

  /** The helpers that are not built in. */
  get helperNames(): ReadonlySet<string> {
    return new Set(Object.keys(this.#options.helpers));
  }

  /** For tools: the same folders, to be loaded, with styles left where they were written. */
  asWritten(): HandlebarsRenderer {
    const { onWarning: _told, sources: _asked, ...options } = this.#options;
    return new HandlebarsRenderer({ ...options, inlineCss: false, asWritten: true });
  }

  /** The files, samples and calls of the templates as last read. */
  inventory(): TemplateInventory {
    return new TemplateInventory(this.#folders);
  }

  /**
   * Tells what was read, each time the folders are read again, also when there are faults in them.
   * @returns ends it
   */
  onReload(listener: (folders: readonly TemplateFolder[]) => void): () => void {
    this.#onReload.add(listener);
    return () => this.#onReload.delete(listener);
  }

  /** The folders as last read. */
  folders(): readonly TemplateFolder[] {
    return this.#folders;
  }

  /** The catalogs as last read. */
  messages(): Messages {
    if (!this.#messages) throw new TypeError('the templates have not been loaded');
    return this.#messages;
  }

  // Not a promise chain inside: the contract is asynchronous, this engine is not.
  async render(request: RenderRequest): Promise<RenderedBody> {
    const { template, locale = this.#defaultLocale } = request;
    const loaded = this.#messages;
    const sourced = this.#sourced && (await this.#fromSources({ ...request, locale }, this.#sourced));
    const used = this.#pages.get(template);
    const page = sourced ?? used?.page;
    const messages = sourced ? loaded : used?.messages;
    if (!messages || !page) throw this.#notFound(template);
    const variant = variantFor(page, locale);
    if (variant.faults.length > 0) throw invalidTemplates(variant.faults, template);
    try {
      return this.#body(variant, { ...request, locale }, messages);
    } catch (error) {
      throw renderError(error, template);
    }
  }

  watch(): void {
    if (this.#watch) return;
    this.#watch = new FolderWatch(() => this.#reload());
    // What changed between `load` and now would be missed otherwise.
    this.#reload();
  }

  async close(): Promise<void> {
    for (const reader of this.#readers) reader.close();
    this.#watch?.close();
    await this.#reloading;
  }

  #fromSources(
    { template, locale, signal }: RenderRequest & { readonly locale: string },
    sourced: SourcedPages,
  ): Promise<Page | undefined> {
    return sourced.find(template, localesOf(template, locale, localeParents), signal);
  }

  #body(
    variant: PageVariant,
    { context, locale, timeZone, date }: RenderRequest & { readonly locale: string },
    messages: TemplateMessages,
  ): RenderedBody {
    const none = new Preheader(undefined);
    const dir = this.#directions.of(locale);
    const bare: RenderData = {
      root: context,
      locale,
      dir,
      timeZone,
      date,
      subject: undefined,
      preheader: none,
      messages,
    };
    const subject = variant.subject?.(context, bare);
    const titled: RenderData = {
      root: context,
      locale,
      dir,
      timeZone,
      date,
      subject,
      preheader: none,
      messages,
    };
    const preheader = new Preheader(variant.preheader?.(context, titled));
    const data: RenderData = { root: context, locale, dir, timeZone, date, subject, preheader, messages };
    const { html, text } = variant.compiled?.().bodies(context, data) ?? NO_BODIES;
    return renderedBody(
      subject,
      html === undefined ? undefined : previewed(html, preheader),
      text,
      variant.locale,
    );
  }

  async #read(): Promise<TemplateFaults> {
    const faults = new TemplateFaults();
    const dirs = new Set<string>();
    const onDirectory = (dir: string): void => {
      dirs.add(dir);
      this.#watch?.add(dir);
    };
    const folders: TemplateFolder[] = [];
    for (const root of this.#options.roots)
      folders.push(await readFolder(root, { faults, onDirectory, mjml: this.#mjml }));
    this.#watch?.retain(dirs);
    const { inlineCss, translator, onWarning = () => undefined } = this.#options;
    const defaultLocale = this.#defaultLocale;
    const messages = await loadMessages({ folders, faults, defaultLocale, translator });
    const styled =
      this.#readers.length > 0 || folders.some(({ files }) => hasStyles(files) || usesKitLayout(files));
    if (inlineCss && styled) this.#inliner ??= new CssInliner(await loadCssEngine());
    const shared = {
      folders: [...folders, this.#kit],
      engine: this.#engine,
      messages,
      inlineCss,
      inliner: this.#inliner,
      onWarning,
    };
    const set = new TemplateSet({ ...shared, faults });
    this.#set = set;
    this.#messages = messages;
    this.#sourced = this.#readers.length > 0 ? this.#ofSources(shared, set.names) : undefined;
    this.#use(folders, { pages: set.pages, messages, faults });
    return faults;
  }

  /** Templates of the sources, which see what the folders share. */
  #ofSources(shared: Omit<TemplateSetOptions, 'faults'>, names: PartialNames): SourcedPages {
    const { folders, onWarning } = shared;
    const compile: CompilePages = (own, warn) =>
      new TemplateSet({ ...shared, folders: own, names, faults: new TemplateFaults(), onWarning: warn })
        .pages;
    return new SourcedPages({ readers: this.#readers, folders, compile, onWarning });
  }

  #use(
    folders: readonly TemplateFolder[],
    { pages, messages, faults }: Pick<Reading, 'pages' | 'messages'> & { readonly faults: TemplateFaults },
  ): void {
    const last = this.#folders;
    const inventory = (): TemplateInventory => new TemplateInventory(folders);
    const before = (): TemplateInventory => new TemplateInventory(last);
    this.#pages = pagesInUse({ pages, messages, faults: faults.list, inventory, before }, this.#pages);
    this.#folders = folders;
    this.#faults = faults;
  }

  /** One at a time and in order, so that the last reading is of the last edit. */
  #reload(): void {
    this.#reloading = this.#readAfter(this.#reloading);
  }

  async #readAfter(previous: Promise<void>): Promise<void> {
    await previous;
    try {
      const faults = await this.#read();
      for (const listener of this.#onReload) listener(this.#folders);
      faults.throwIfAny();
    } catch (error) {
      this.#options.onWarning?.(
        `${messageOf(error)}\nMails are made as before the fault until it is corrected.`,
      );
    }
  }

  #notFound(template: string): MailError {
    const names = this.names();
    const hint = didYouMean(template, names);
    const message = `There is no template ${show(template)}${hint || '.'} ${names.length > 0 ? known(names) : this.#looked()}${this.#asked()}`;
    return new MailError('template-not-found', message, { at: { template } });
  }

  #asked(): string {
    return this.#readers.length > 0
      ? `. Asked for it: ${this.#readers.map(({ name }) => name).join(', ')}`
      : '';
  }

  #looked(): string {
    if (!this.#set) return 'The templates have not been loaded.';
    const places = this.#folders.map(
      ({ root, absent }) => `${root.dir} (${absent ? 'absent' : 'holds none'})`,
    );
    return `Looked in: ${places.join(', ') || 'no folder; set templates.dir'}`;
  }
}

function pathOf(template: string, { locale, compiled }: PageVariant): readonly TemplatePath[] {
  const { fastPath, textPath, dropped } = compiled?.() ?? {};
  if (!fastPath) return [];
  const own = { template, ...(locale !== undefined && { locale }) };
  const count = dropped?.() ?? 0;
  return [{ ...own, fastPath, ...(textPath && { textPath }), ...(count > 0 && { dropped: count }) }];
}

function hasStyles(files: readonly TemplateFile[]): boolean {
  return files.some(({ content }) => bringsStyles(content));
}

function known(names: readonly string[]): string {
  const more = names.length - MAX_SHOWN_NAMES;
  return `Known: ${names.slice(0, MAX_SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function previewed(html: string, preheader: Preheader): string {
  return preheader.text === undefined || preheader.printed ? html : withPreheader(html, preheader.text);
}

/** Written field by field: this runs for every mail, and each spread of a conditional object costs microseconds. */
function renderedBody(
  subject: string | undefined,
  html: string | undefined,
  text: string | undefined,
  locale: string | undefined,
): RenderedBody {
  const body: { -readonly [Field in keyof RenderedBody]: RenderedBody[Field] } = {};
  if (subject !== undefined) body.subject = subject;
  if (html !== undefined) body.html = html;
  if (text !== undefined) body.text = text;
  if (locale !== undefined) body.locale = locale;
  return body;
}
