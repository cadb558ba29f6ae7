import { fieldOf } from '../../errors/mail-error.js';
import { retryAfter } from '../retry-after.js';

/** A provider's answer, with the part of its body that arrived. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** True when the answer is the same for all mails of a request. */
  readonly isShared?: boolean;
}

export function jsonOf({ text }: Pick<HttpAnswer, 'text'>): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Most characters that are read of a provider's text: enough for the recipients of one mail. */
const LONGEST_TEXT = 64 * 1024;

/** Returns the text at a path in JSON: `textAt(json, 'errors', 0, 'message')`. */
export function textAt(json: unknown, ...path: ReadonlyArray<string | number>): string | undefined {
  const found = at(json, path);
  return typeof found === 'string' ? found.slice(0, LONGEST_TEXT) : undefined;
}

export function numberAt(json: unknown, ...path: ReadonlyArray<string | number>): number | undefined {
  const found = at(json, path);
  return typeof found === 'number' ? found : undefined;
}

/** Returns the list at a path; empty without one. */
export function listAt(json: unknown, ...path: ReadonlyArray<string | number>): readonly unknown[] {
  const found = at(json, path);
  return Array.isArray(found) ? found : [];
}

function at(json: unknown, path: ReadonlyArray<string | number>): unknown {
  return path.reduce<unknown>((found, name) => fieldOf(found, String(name)), json);
}

/** `X-RateLimit-Reset` is a time in seconds since 1970, or a shorter span of seconds. */
const EARLIEST_TIME = 1e9;

/** Returns the pause in milliseconds that a provider requests by a header (RFC 9110 §10.2.3) or in its text. */
export function hintIn({ status, headers, text }: HttpAnswer, now: number): number | undefined {
  if (headers.has('retry-after')) return retryAfter(headers, now);
  // Other answers announce the next span of a rate as well.
  if (status !== 429) return undefined;
  const reset = headers.get('x-ratelimit-reset') ?? headers.get('ratelimit-reset');
  if (reset !== null && /^\d{1,12}$/.test(reset)) {
    const seconds = Number(reset);
    return Math.max(0, seconds < EARLIEST_TIME ? seconds * 1000 : seconds * 1000 - now);
  }
  const [, seconds] = /try again (?:after|in) (\d{1,6}) ?s/i.exec(text) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}
