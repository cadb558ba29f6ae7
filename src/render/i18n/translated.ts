import { isPromise } from 'node:util/types';
import { MailError, messageOf } from '../../errors/mail-error.js';
import { ContextFault } from '../faults/context-fault.js';
import type { MailTranslator, TranslationRequest } from './translator.js';

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
