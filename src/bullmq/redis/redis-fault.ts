import { MailError, messageOf } from '../../errors/mail-error.js';

/** Errors of the language: a mistake in a program, ours or the application's. */
const MISTAKES: ReadonlySet<unknown> = new Set([
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'URIError',
  'EvalError',
]);

/**
 * Explains an error of Redis, or of the way to it, to the caller. Does not keep it as the cause: it holds the command, and
 * so a mail or a password. Returns any other error as it is.
 */
export function redisFault(error: unknown, place: string): unknown {
  if (MailError.is(error) || isMistake(error)) return error;
  const what = messageOf(error);
  if (what.includes('OOM')) {
    return new MailError(
      'queue-full',
      `Redis at ${place} is full: nothing was written. What is queued is safe, and waits until its maxmemory is raised.`,
    );
  }
  if (/NOAUTH|WRONGPASS|NOPERM/.test(what)) {
    return new MailError(
      'authentication',
      `Redis at ${place} refuses the login: ${what}. Correct the user and password in MAIL_REDIS_URL.`,
    );
  }
  if (what.includes('certificate')) {
    return new MailError(
      'tls',
      `Redis at ${place} shows a certificate that is not trusted: ${what}. Name its authority in NODE_EXTRA_CA_CERTS, or pass bullmq({ connection: { …, tls: { ca } } }).`,
    );
  }
  return unavailable(place, what, 'unknown');
}

/** Not by `instanceof`, as in `messageOf`. BullMQ's own refusals have a number as their code. */
function isMistake(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return MISTAKES.has(Reflect.get(error, 'name')) || typeof Reflect.get(error, 'code') === 'number';
}

/** @param outcome `unknown` when a command was under way: it may have been carried out */
export function unavailable(place: string, why: string, outcome: 'not-sent' | 'unknown'): MailError {
  return new MailError(
    'transport-unavailable',
    `Redis at ${place} cannot be used now: ${why.replace(/\.$/, '')}. It is tried again; see that it runs, and that MAIL_REDIS_URL names it.`,
    { outcome },
  );
}
