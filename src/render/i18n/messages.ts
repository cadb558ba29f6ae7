import { ContextFault } from '../faults/context-fault.js';
import { IntlFormats } from '../format/intl-format.js';
import { isSameLanguage, localeChain } from '../format/locale-chain.js';
import type { TemplateFaults } from '../faults/template-fault.js';
import type { TemplateFolder } from '../files/template-file.js';
import { Catalog } from './catalog.js';
import type { CatalogMessage } from './catalog-message.js';
import type { IcuEngine } from './icu-engine.js';
import { IcuWriter, type Reader } from './icu-writer.js';
import type { ArgumentKind, ArgumentKinds } from './message-arguments.js';
import { absent } from './message-call.js';
import { translated } from './translated.js';
import type { MailTranslator } from './translator.js';

export interface MessagesOptions {
  readonly folders: readonly TemplateFolder[];
  readonly faults: TemplateFaults;
  /** What is asked last; canonical BCP 47. */
  readonly defaultLocale: string;
  readonly translator?: MailTranslator | undefined;
  /** Absent when no folder has catalogs. */
  readonly engine?: IcuEngine | undefined;
}

/** A use of `t`: where its key is looked up. */
export interface MessageName {
  readonly key: string;
  /** Of the file it is written in. */
  readonly namespace: string;
}

/** A catalog as mails of one language see it. */
interface Seen {
  readonly catalog: Catalog;
  /** The mail's, unless the catalog is in another language: then what it counts and dates by is its own. */
  readonly locale: string;
}

/** Languages come with the mails. */
const MAX_SIGHTS = 500;

/** The messages of one generation of templates. */
export class Messages {
  readonly defaultLocale: string;
  /** Whether texts may come from elsewhere, so that a key that is in no catalog is no fault yet. */
  readonly hasTranslator: boolean;
  readonly #translator: MailTranslator | undefined;
  /** By namespace; the application's own have the empty one. */
  readonly #catalogs = new Map<string, Catalog[]>();
  readonly #sights = new Map<string, readonly Seen[]>();

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

  /**
   * The text of a message for a reader.
   * @throws {ContextFault} when there is none, or an argument is missing or of another kind
   */
  text({ key, namespace }: MessageName, args: Readonly<Record<string, unknown>>, reader: Reader): string {
    const text = this.#translator && translated(this.#translator, key, { ...reader, args });
    if (text !== undefined) return text;
    for (const { catalog, locale } of this.#sight(namespace, reader.locale)) {
      const message = catalog.get(key);
      if (message) return message.write(args, { timeZone: reader.timeZone, locale });
    }
    throw this.#missing({ key, namespace }, reader.locale);
  }

  /** The message in the nearest language; one in the template's own namespace goes before all others. */
  find({ key, namespace }: MessageName, locale: string): CatalogMessage | undefined {
    for (const { catalog } of this.#sight(namespace, locale)) {
      const message = catalog.get(key);
      if (message) return message;
    }
    return undefined;
  }

  /** Every message of a name that some mail may get, one a language. */
  named({ key, namespace }: MessageName): readonly CatalogMessage[] {
    const own = this.#within(namespace).flatMap((catalog) => catalog.get(key) ?? []);
    const others = namespace === '' ? [] : this.#within('').flatMap((catalog) => catalog.get(key) ?? []);
    return own.some(({ locale }) => localeChain(this.defaultLocale).includes(locale))
      ? own
      : [...own, ...others];
  }

  /** Every message of every catalog. */
  get all(): readonly CatalogMessage[] {
    return this.everyCatalog.flatMap(({ messages }) => messages);
  }

  get everyCatalog(): readonly Catalog[] {
    return [...this.#catalogs.values()].flat();
  }

  /** The languages of all catalogs. */
  get locales(): ReadonlySet<string> {
    return new Set(this.everyCatalog.map(({ locale }) => locale));
  }

  /** All catalogs a template of a namespace sees. */
  catalogs(namespace: string): readonly Catalog[] {
    return namespace === '' ? this.#within('') : [...this.#within(namespace), ...this.#within('')];
  }

  /** What each argument of a message is used for in all its languages. */
  argumentKinds(name: MessageName): ArgumentKinds {
    const kinds = new Map<string, Set<ArgumentKind>>();
    for (const message of this.named(name)) {
      for (const [argument, used] of message.kinds)
        kinds.set(argument, new Set([...(kinds.get(argument) ?? []), ...used]));
    }
    return kinds;
  }

  /** All languages that mails of one look into, nearest first. */
  languages(locale: string): readonly string[] {
    return [...new Set([...localeChain(locale), ...localeChain(this.defaultLocale)])];
  }

  #missing(name: MessageName, locale: string): ContextFault {
    const { what, mend } = absent(this, name, locale);
    return new ContextFault(
      `t: ${what}${this.hasTranslator ? ', nor does templates.translator have it' : ''}. ${mend}`,
    );
  }

  #within(namespace: string): readonly Catalog[] {
    return this.#catalogs.get(namespace) ?? [];
  }

  #sight(namespace: string, locale: string): readonly Seen[] {
    const id = `${namespace} ${locale}`;
    const known = this.#sights.get(id);
    if (known) return known;
    const spaces = namespace === '' ? [''] : [namespace, ''];
    const sight = spaces
      .flatMap((space) => this.languages(locale).flatMap((tag) => this.#in(space, tag)))
      .map((catalog) => ({
        catalog,
        locale: isSameLanguage(locale, catalog.locale) ? locale : catalog.locale,
      }));
    if (this.#sights.size >= MAX_SIGHTS) this.#sights.clear();
    this.#sights.set(id, sight);
    return sight;
  }

  #in(namespace: string, locale: string): readonly Catalog[] {
    return this.#within(namespace).filter((catalog) => catalog.locale === locale);
  }
}
