import { isPromise } from 'node:util/types';
import { MailError, messageOf } from '../../errors/mail-error.js';
import { ContextFault } from '../faults/context-fault.js';

/** The mail that a text is for, and the arguments of the call. */
export interface TranslationRequest {
  /** The mail's locale, canonical BCP 47; `templates.defaultLocale` when it has none. */
  readonly locale: string;
  /** The mail's time zone, an IANA name. */
  readonly timeZone: string;
  /** The named arguments of the call: `{{t "cart.items" count=n}}`. */
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * A source of texts besides `locales/<locale>.json`, given as `templates.translator` and asked before the
 * catalogs. Its texts are escaped where html is printed.
 */
export interface MailTranslator {
  /**
   * Returns the text of a key, or `undefined` to have it looked up in the catalogs. Fallbacks to other languages
   * are up to the translator. It is synchronous, because templates do no I/O while a mail is rendered: load texts
   * when the application starts. A promise, an object or an error fails the mail as `context-invalid`.
   */
  translate(key: string, request: TranslationRequest): string | undefined;
}

/**
 * Asks the application's translator for a text.
 * @throws {ContextFault} if it throws, or returns anything but text or `undefined`
 */
export function translated(
  translator: MailTranslator,
  key: string,
  request: TranslationRequest,
): string | undefined {
  const answer = asked(translator, key, request);
  if (answer === undefined || typeof answer === 'string') return answer;
  if (!isPromise(answer)) {
    const found = answer === null ? 'null' : typeof answer;
    throw new ContextFault(`templates.translator: expected text or undefined for "${key}", got ${found}`);
  }
  answer.catch(() => undefined);
  throw new ContextFault(
    `templates.translator: it returned a promise for "${key}"; translators are synchronous: load texts at startup`,
  );
}

function asked(translator: MailTranslator, key: string, request: TranslationRequest): unknown {
  try {
    return translator.translate(key, request);
  } catch (error) {
    if (error instanceof ContextFault || MailError.is(error)) throw error;
    throw new ContextFault(`templates.translator: it failed for "${key}": ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The method of `nestjs-i18n`'s `I18nService` that `fromI18n` calls. */
export interface I18nTranslations {
  translate(key: string, options?: { lang?: string; args?: Record<string, unknown> }): unknown;
}

/**
 * Takes the texts of `{{t}}` from `nestjs-i18n`: `templates: { translator: fromI18n(i18nService) }`. Fallbacks to
 * other languages follow its own rules. A key that it does not have (it answers with the key itself) or whose text
 * is empty is looked up in the catalogs; a key of a group of texts is `context-invalid`.
 */
export function fromI18n(i18n: I18nTranslations): MailTranslator {
  return {
    translate(key, { locale, args }) {
      const text = i18n.translate(key, { lang: locale, args: { ...args } });
      if (text === key || text === undefined || text === '') return undefined;
      if (typeof text === 'string') return text;
      throw new ContextFault(`"${key}" is a group of texts in nestjs-i18n; name one of them`);
    },
  };
}
