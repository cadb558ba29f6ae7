import type { MailError } from '../errors/mail-error.js';

const MINUTE = 60_000;

/** Longest pause that a next hop may request: a longer one is more likely a mistake of unit or date. */
const LONGEST_HINT = 60 * MINUTE;

/** Jitter as a fraction of the delay, so that mails that failed together do not come back together. */
const JITTER = 0.2;

/** Returns the pause that the next hop requested, in milliseconds; 0 without a request. */
export function hintOf({ retryAfterMs = 0 }: MailError): number {
  return Math.min(Math.max(0, retryAfterMs), LONGEST_HINT) || 0;
}

/** Milliseconds. No rate limit makes mails wait that long, only an account that is paused, unpaid or out of mails. */
const LONG_WAIT = 10 * MINUTE;

/** Returns whether the requested pause is so long that an operator should know. */
export function isLongWait(error: MailError): boolean {
  return hintOf(error) >= LONG_WAIT;
}

/** @param random from 0 up to 1 */
export function jittered(delay: number, random: number): number {
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}
