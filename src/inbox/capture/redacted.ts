import { isSecretName } from './secret-name.js';

/** What stands before the host of a URL, also in the middle of a text. */
const LOGIN = /(?<=\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/?#@"'<>]+(?:@[^\s/?#@"'<>]+)*(?=@)/gi;
const HIDDEN = '[hidden]';
const DEEPEST = 8;
const LONGEST_TEXT = 2_000;
const MOST_ITEMS = 100;
/** Of all that is shown: what stands in many places is walked through in each. */
const MOST_VALUES = 10_000;

/**
 * A template's context as the page may show it and JSON can say it: secrets are hidden by their names,
 * long and deep things cut, and no getter's fault gets out.
 */
export function redacted(context: object): unknown {
  try {
    return new Redaction().visible(context, 0);
  } catch {
    return '[cannot be read]';
  }
}

class Redaction {
  #values = 0;

  visible(value: unknown, depth: number): unknown {
    this.#values += 1;
    if (typeof value === 'string') return cut(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'function' || typeof value === 'symbol') return undefined;
    if (typeof value !== 'object' || value === null) return value;
    if (depth === DEEPEST || this.#values > MOST_VALUES) return '[…]';
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
    if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
    if (Array.isArray(value)) {
      return value.slice(0, MOST_ITEMS).map((item) => this.visible(item, depth + 1) ?? null);
    }
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, MOST_ITEMS)
        .map(([key, item]: [string, unknown]) => [
          key,
          isSecretName(key) ? HIDDEN : this.visible(item, depth + 1),
        ]),
    );
  }
}

/** A login is hidden before: cut in two it would be none any more. */
function cut(text: string): string {
  const shown = text.replaceAll(LOGIN, HIDDEN);
  return shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT)}…` : shown;
}
