import type { MailError } from '../../errors/mail-error.js';

const MINUTE = 60_000;

/** Milliseconds before the second attempt, the third, and so on; the last one stays. */
export const RETRY_DELAYS: readonly number[] = [1, 5, 15, 60, 240, 360].map((minutes) => minutes * MINUTE);

/** Longest pause that a next hop may ask for: a longer one is more likely a mistake of unit or date. */
const LONGEST_HINT = 60 * MINUTE;

/** Part of a delay by which it is made longer or shorter, so that mails that failed together do not come back together. */
const JITTER = 0.2;

/**
 * How long a mail waits after its n-th attempt failed, ±20 %.
 * @param attempt 1 for the first
 * @param random from 0 up to 1
 */
export function backoff(attempt: number, delays: readonly number[], random: number): number {
  return jittered(delays[attempt - 1] ?? delays.at(-1) ?? 0, random);
}

/** Milliseconds for which the next hop asked to be left alone; 0 when it did not. */
export function hintOf({ retryAfterMs = 0 }: MailError): number {
  return Math.min(Math.max(0, retryAfterMs), LONGEST_HINT) || 0;
}

/** Milliseconds; no limit of a rate makes mails wait so long, only an account that is paused, unpaid or out of mails. */
const LONG_WAIT = 10 * MINUTE;

/** Whether the next hop asked to be left alone for so long that somebody should know. */
export function isLongWait(error: MailError): boolean {
  return hintOf(error) >= LONG_WAIT;
}

/** `delay` ±20 %. */
export function jittered(delay: number, random: number): number {
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}
