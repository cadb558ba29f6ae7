import { closest, guess } from '../../errors/closest.js';
import { ContextFault } from '../faults/context-fault.js';
import { showLocation } from '../faults/source-location.js';
import type { TemplateFaults } from '../faults/template-fault.js';
import type { TemplateFolder } from '../files/template-file.js';
import { IntlFormats } from '../format/intl-format.js';
import { isSameLanguage, localeChain, localeParents } from '../format/locale-chain.js';
import { LruCache } from '../format/lru-cache.js';
import { Catalog, type CatalogMessage } from './catalog.js';
import { IcuWriter, loadIcuEngine, type IcuEngine } from './icu-engine.js';
import type { ArgumentKind, ArgumentKinds } from './message-arguments.js';
import type { MessageCall, MessageName, Reader, TemplateMessages, WrongCall } from './template-messages.js';
import { translated, type MailTranslator } from './translator.js';

interface MessagesOptions {
  readonly folders: readonly TemplateFolder[];
  readonly faults: TemplateFaults;
  /** Locale of the last catalogs to look in; canonical BCP 47. */
  readonly defaultLocale: string;
  readonly translator?: MailTranslator | undefined;
  /** Absent when no folder has catalogs. */
  readonly engine?: IcuEngine | undefined;
}

interface VisibleCatalog {
  readonly catalog: Catalog;
  /** Locale of plurals, numbers and dates: the mail's, or the catalog's if that is in another language. */
  readonly locale: string;
}

/** Bounds the lists of catalogs kept, because languages come with the mails. */
const MAX_LISTS = 500;

/** The messages of one generation of templates. */
export class Messages implements TemplateMessages {
  readonly defaultLocale: string;
  /** Whether a translator may have texts for keys that no catalog has. */
  readonly hasTranslator: boolean;
  readonly #translator: MailTranslator | undefined;
  /** By namespace, which is empty for the application's own. */
  readonly #catalogs = new Map<string, Catalog[]>();
  readonly #visible = new LruCache<readonly VisibleCatalog[]>(MAX_LISTS);

  constructor({ folders, faults, defaultLocale, translator, engine }: MessagesOptions) {
    this.defaultLocale = defaultLocale;
    this.hasTranslator = translator !== undefined;
    this.#translator = translator;
    const writer = engine && new IcuWriter(engine, new IntlFormats(defaultLocale));
    for (const { root, messages } of folders) {
      const namespace = root.namespace ?? '';
      const made = writer ? messages.map((file) => new Catalog(file, faults, writer)) : [];
      this.#catalogs.set(namespace, [...(this.#catalogs.get(namespace) ?? []), ...made]);
    }
  }

  text({ key, namespace }: MessageName, args: Readonly<Record<string, unknown>>, reader: Reader): string {
    const text = this.#translator && translated(this.#translator, key, { ...reader, args });
    if (text !== undefined) return text;
    for (const { catalog, locale } of this.#visibleTo(namespace, reader.locale)) {
      const message = catalog.get(key);
      if (message) return message.write(args, { timeZone: reader.timeZone, locale });
    }
    throw this.#missing({ key, namespace }, reader.locale);
  }

  /** The message in the nearest language, first in the template's own namespace. */
  find({ key, namespace }: MessageName, locale: string): CatalogMessage | undefined {
    for (const { catalog } of this.#visibleTo(namespace, locale)) {
      const message = catalog.get(key);
      if (message) return message;
    }
    return undefined;
  }

  wrongCall(call: MessageCall): WrongCall | undefined {
    if (this.hasTranslator) return undefined;
    const locale = call.locale || this.defaultLocale;
    if (!this.find(call, locale)) return this.#absent(call, locale);
    for (const message of this.#reached(call)) {
      const missing = [...message.kinds.keys()].find((name) => !call.args.includes(name));
      if (missing !== undefined) return lacking(call, message, missing);
    }
    return undefined;
  }

  /** The messages of this name in all languages that a mail may get. */
  named({ key, namespace }: MessageName): readonly CatalogMessage[] {
    const own = this.#within(namespace).flatMap((catalog) => catalog.get(key) ?? []);
    const others = namespace === '' ? [] : this.#within('').flatMap((catalog) => catalog.get(key) ?? []);
    return own.some(({ locale }) => localeChain(this.defaultLocale).includes(locale))
      ? own
      : [...own, ...others];
  }

  get all(): readonly CatalogMessage[] {
    return this.everyCatalog.flatMap(({ messages }) => messages);
  }

  get everyCatalog(): readonly Catalog[] {
    return [...this.#catalogs.values()].flat();
  }

  get locales(): ReadonlySet<string> {
    return new Set(this.everyCatalog.map(({ locale }) => locale));
  }

  /** The uses of each argument of a message in all its languages. */
  argumentKinds(name: MessageName): ArgumentKinds {
    const kinds = new Map<string, Set<ArgumentKind>>();
    for (const message of this.named(name)) {
      for (const [argument, used] of message.kinds)
        kinds.set(argument, new Set([...(kinds.get(argument) ?? []), ...used]));
    }
    return kinds;
  }

  #missing(name: MessageName, locale: string): ContextFault {
    const { what, fix } = this.#absent(name, locale);
    return new ContextFault(
      `t: ${what}${this.hasTranslator ? ', nor does templates.translator have it' : ''}. ${fix}`,
    );
  }

  /** The fault of a key without a message in any language of a mail. */
  #absent(name: MessageName, locale: string): WrongCall {
    const languages = new Set([locale, this.defaultLocale].flatMap((tag) => localeParents(tag)));
    const catalogs = this.#catalogsFor(name);
    const [empty] = catalogs.flatMap(({ untranslated }) => untranslated.get(name.key) ?? []);
    const elsewhere = this.named(name).map((message) => message.locale);
    const only = elsewhere.length > 0 ? `, only in ${elsewhere.join(', ')}` : '';
    const what = `message "${name.key}" does not exist in ${[...languages].join(', ')}${only}`;
    if (empty) return { what, fix: `It is empty: write it at ${showLocation(empty.placeAt())}` };
    const meant =
      elsewhere.length > 0
        ? undefined
        : guess(
            name.key,
            catalogs.flatMap(({ messages }) => messages.map(({ key }) => key)),
          );
    return { what, fix: meant ?? `Add it to ${this.#fileFor(catalogs)}` };
  }

  #fileFor(catalogs: readonly Catalog[]): string {
    const catalog = catalogs.find(({ locale }) => locale === this.defaultLocale);
    return catalog?.path ?? `locales/${this.defaultLocale}.json in the templates folder`;
  }

  /** The messages that a call may print: a template of one language is not used for mails in others. */
  #reached(call: MessageCall): readonly CatalogMessage[] {
    if (call.locale === '') return this.named(call);
    const languages = this.#languages(call.locale);
    return this.named(call).filter(
      ({ locale }) => languages.includes(locale) || localeChain(locale).includes(call.locale),
    );
  }

  #catalogsFor({ namespace }: MessageName): readonly Catalog[] {
    return namespace === '' ? this.#within('') : [...this.#within(namespace), ...this.#within('')];
  }

  /** All languages to look in for one, nearest first. */
  #languages(locale: string): readonly string[] {
    return [...new Set([...localeChain(locale), ...localeChain(this.defaultLocale)])];
  }

  #within(namespace: string): readonly Catalog[] {
    return this.#catalogs.get(namespace) ?? [];
  }

  #visibleTo(namespace: string, locale: string): readonly VisibleCatalog[] {
    return this.#visible.getOrMake(`${namespace} ${locale}`, () =>
      (namespace === '' ? [''] : [namespace, ''])
        .flatMap((space) => this.#languages(locale).flatMap((tag) => this.#in(space, tag)))
        .map((catalog) => ({
          catalog,
          locale: isSameLanguage(locale, catalog.locale) ? locale : catalog.locale,
        })),
    );
  }

  #in(namespace: string, locale: string): readonly Catalog[] {
    return this.#within(namespace).filter((catalog) => catalog.locale === locale);
  }
}

function lacking({ key, args }: MessageCall, { kinds, place }: CatalogMessage, missing: string): WrongCall {
  const surplus = args.filter((name) => !kinds.has(name));
  const meant = closest(missing, surplus);
  return {
    what: `message "${key}" (${showLocation(place)}) needs the argument "${missing}"`,
    fix: meant === undefined ? `Write ${missing}=…` : `Is it meant by "${meant}"?`,
  };
}

/** Reads the messages of folders, and loads the ICU engine only if there are any. */
export async function loadMessages(options: Omit<MessagesOptions, 'engine'>): Promise<Messages> {
  const some = options.folders.some(({ messages }) => messages.length > 0);
  return new Messages({ ...options, engine: some ? await loadIcuEngine() : undefined });
}
