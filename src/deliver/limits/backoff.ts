import { jittered } from '../../transport/retry-hint.js';

const MINUTE = 60_000;

/** Milliseconds before the second attempt, the third, and so on; the last one stays. */
export const RETRY_DELAYS: readonly number[] = [1, 5, 15, 60, 240, 360].map((minutes) => minutes * MINUTE);

/**
 * Returns the milliseconds that a mail waits after its n-th attempt failed, ±20 %.
 * @param attempt 1 for the first
 * @param random from 0 up to 1
 */
export function backoff(attempt: number, delays: readonly number[], random: number): number {
  return jittered(delays[attempt - 1] ?? delays.at(-1) ?? 0, random);
}
