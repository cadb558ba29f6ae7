import { isPromise } from 'node:util/types';
import { MailError, messageOf } from '../../errors/mail-error.js';
import { ContextFault } from '../faults/context-fault.js';

/** What a translator may know about the mail it translates for. */
export interface TranslationRequest {
  /** The mail's locale, canonical BCP 47; `templates.defaultLocale` when it has none. */
  readonly locale: string;
  /** The mail's time zone, an IANA name. */
  readonly timeZone: string;
  /** The named arguments of the call: `{{t "cart.items" count=n}}`. */
  readonly args: Readonly<Record<string, unknown>>;
}

/**
 * Texts from somewhere else than `locales/<locale>.json`: given as `templates.translator`, asked before
 * the catalogs. Its answer is text, escaped where html is printed.
 */
export interface MailTranslator {
  /**
   * The text of a key, or `undefined` when it has none and the catalogs are to be asked. Falling back
   * to other languages is up to it. Synchronous, because templates do no I/O while a mail is rendered:
   * load texts when the application starts. A promise, an object or an error fails the mail as `context-invalid`.
   */
  translate(key: string, request: TranslationRequest): string | undefined;
}

/**
 * What the application's translator says of a key.
 * @throws {ContextFault} when it throws, or answers with what is no text
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
