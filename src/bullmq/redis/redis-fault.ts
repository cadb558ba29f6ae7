import { MailError, messageOf } from '../../errors/mail-error.js';

/**
 * What an error of Redis, or of the way to it, means for whoever called. It is not kept as the cause: it
 * holds the command, and so a mail or a password.
 */
export function redisFault(error: unknown, place: string): MailError {
  if (MailError.is(error)) return error;
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
  return unavailable(place, what, 'unknown');
}

/** @param outcome `unknown` when a command was under way: it may have been carried out */
export function unavailable(place: string, why: string, outcome: 'not-sent' | 'unknown'): MailError {
  return new MailError(
    'transport-unavailable',
    `Redis at ${place} cannot be used now: ${why.replace(/\.$/, '')}. It is tried again; see that it runs, and that MAIL_REDIS_URL names it.`,
    { outcome },
  );
}
