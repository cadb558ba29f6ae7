import { didYouMean } from '../errors/closest.js';
import { show } from '../errors/show.js';
import { MailError } from '../errors/mail-error.js';
import { DEFAULT_LOCALE } from '../message/values/locale.js';
import { localesOf, variantFor, type Bodies, type PageVariant } from './compile/page.js';
import { TemplateInventory } from './compile/template-inventory.js';
import type { Fallback } from './compile/template-set.js';
import { builtinHelpers } from './engine/builtin-helpers.js';
import { TemplateEngine, type RenderData, type TemplateEngineOptions } from './engine/template-engine.js';
import { renderError } from './faults/context-fault.js';
import type { FastPath } from './faults/fast-path.js';
import { invalidTemplates, type TemplateFault } from './faults/template-fault.js';
import type { TemplateFolder } from './files/template-file.js';
import { IntlFormats } from './format/intl-format.js';
import { localeParents } from './format/locale-chain.js';
import { Preheader, withPreheader } from './format/preheader.js';
import { directionOf } from './format/text-direction.js';
import { checkHelpers } from './helpers/helper.js';
import type { Messages } from './i18n/messages.js';
import type { TemplateMessages } from './i18n/template-messages.js';
import { LoadedTemplates, type LoadedTemplatesOptions } from './loaded-templates.js';
import type { RenderedBody, Renderer, RenderRequest } from './renderer.js';

export type HandlebarsRendererOptions = TemplateEngineOptions & LoadedTemplatesOptions;

/** The fast paths of one language of a template. */
export interface TemplatePath {
  readonly template: string;
  /** Absent for the base variant. */
  readonly locale?: string;
  /** Whether the styles of its html are inlined once. */
  readonly fastPath: FastPath;
  /** Whether the text is derived from its html once; absent if it has a text template. */
  readonly textPath?: FastPath;
  /** Number of selectors of linked style sheets that were left out, as far as known; absent for none. */
  readonly dropped?: number;
}

const MAX_SHOWN_NAMES = 20;

const NO_BODIES: Bodies = { html: undefined, text: undefined };

/** An object that is filled field by field: this runs for every mail, and each spread costs microseconds. */
type Filled<T> = { -readonly [Field in keyof T]: T[Field] };

/**
 * Renders Handlebars templates from folders and sources. `load` reads and proves all templates of the folders;
 * `render` does no I/O except to ask the sources. A missing variable is an error, not an empty string.
 */
export class HandlebarsRenderer implements Renderer {
  readonly #options: HandlebarsRendererOptions;
  readonly #defaultLocale: string;
  readonly #templates: LoadedTemplates;

  /** @throws {MailError} `config` for a helper that templates could not call */
  constructor(options: HandlebarsRendererOptions) {
    checkHelpers(options.helpers, options.helpersName);
    this.#options = options;
    this.#defaultLocale = options.defaultLocale ?? DEFAULT_LOCALE;
    const engine = new TemplateEngine(options, builtinHelpers(new IntlFormats(this.#defaultLocale)));
    this.#templates = new LoadedTemplates(options, engine, this.#defaultLocale);
  }

  async load(): Promise<void> {
    const faults = await this.#templates.read();
    faults.throwIfAny();
  }

  names(): readonly string[] {
    return [...this.#templates.pages.keys()];
  }

  /** The fast paths of every template with html, in each language. Compiles all of them. */
  fastPaths(): readonly TemplatePath[] {
    return [...(this.#templates.last?.set.pages.values() ?? [])].flatMap(({ name, variants }) =>
      [...variants.values()].flatMap((variant) => pathOf(name, variant)),
    );
  }

  /** The faults of the last reading; `load` throws the same. */
  faults(): readonly TemplateFault[] {
    return this.#templates.last?.faults.list ?? [];
  }

  /** Partial blocks whose partial does not exist. */
  fallbacks(): readonly Fallback[] {
    return this.#templates.last?.set.fallbacks ?? [];
  }

  /** Whether there may be templates besides `names()`. */
  get hasSources(): boolean {
    return this.#templates.sources.length > 0;
  }

  /** The helpers that are not built in. */
  get helperNames(): ReadonlySet<string> {
    return new Set(Object.keys(this.#options.helpers));
  }

  /** For tools: a renderer of the same folders, not loaded yet, that leaves styles where they were written. */
  asWritten(): HandlebarsRenderer {
    const { onWarning: _told, sources: _asked, ...options } = this.#options;
    return new HandlebarsRenderer({ ...options, inlineCss: false, asWritten: true });
  }

  /** The files, samples and calls of the templates as last read. */
  inventory(): TemplateInventory {
    return new TemplateInventory(this.folders());
  }

  /**
   * @param listener called after each later reading of the folders, even one with faults
   * @returns ends it
   */
  onReload(listener: (folders: readonly TemplateFolder[]) => void): () => void {
    return this.#templates.onReload(listener);
  }

  /** The folders as last read. */
  folders(): readonly TemplateFolder[] {
    return this.#templates.folders;
  }

  /** The catalogs as last read. */
  messages(): Messages {
    const { last } = this.#templates;
    if (!last) throw new TypeError('the templates have not been loaded');
    return last.messages;
  }

  // Not a promise chain inside: the contract is asynchronous, this engine is not.
  async render(request: RenderRequest): Promise<RenderedBody> {
    const { template, locale = this.#defaultLocale, signal } = request;
    const { last } = this.#templates;
    const locales = (): readonly string[] => localesOf(template, locale, localeParents);
    const sourced = last?.sourced && (await last.sourced.find(template, locales(), signal));
    const used = this.#templates.pages.get(template);
    const page = sourced ?? used?.page;
    const messages = sourced ? last.messages : used?.messages;
    if (!messages || !page) throw this.#notFound(template);
    const variant = variantFor(page, locale);
    if (variant.faults.length > 0) throw invalidTemplates(variant.faults, template);
    try {
      return bodyOf(variant, { ...request, locale }, messages);
    } catch (error) {
      throw renderError(error, template);
    }
  }

  watch(): void {
    this.#templates.watch();
  }

  close(): Promise<void> {
    return this.#templates.close();
  }

  #notFound(template: string): MailError {
    const names = this.names();
    const hint = didYouMean(template, names);
    const message = `There is no template ${show(template)}${hint || '.'} ${names.length > 0 ? known(names) : this.#looked()}${this.#asked()}`;
    return new MailError('template-not-found', message, { at: { template } });
  }

  #asked(): string {
    const names = this.#templates.sources.map(({ name }) => name);
    return names.length > 0 ? `. Asked for it: ${names.join(', ')}` : '';
  }

  #looked(): string {
    if (!this.#templates.last) return 'The templates have not been loaded.';
    const places = this.folders().map(
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

function known(names: readonly string[]): string {
  const more = names.length - MAX_SHOWN_NAMES;
  return `Known: ${names.slice(0, MAX_SHOWN_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function bodyOf(
  variant: PageVariant,
  { context, locale, timeZone, date }: RenderRequest & { readonly locale: string },
  messages: TemplateMessages,
): RenderedBody {
  const data: Filled<RenderData> = {
    root: context,
    locale,
    dir: directionOf(locale),
    timeZone,
    date,
    subject: undefined,
    preheader: new Preheader(undefined),
    messages,
  };
  data.subject = variant.subject?.(context, data);
  data.preheader = new Preheader(variant.preheader?.(context, data));
  const { html, text } = variant.compiled?.().bodies(context, data) ?? NO_BODIES;
  const body: Filled<RenderedBody> = {};
  if (data.subject !== undefined) body.subject = data.subject;
  if (html !== undefined) body.html = previewed(html, data.preheader);
  if (text !== undefined) body.text = text;
  if (variant.locale !== undefined) body.locale = variant.locale;
  return body;
}

function previewed(html: string, preheader: Preheader): string {
  return preheader.text === undefined || preheader.printed ? html : withPreheader(html, preheader.text);
}
