/** Names of what nobody should read on a page. A code or link is in the mail anyway, and stays. */
const SECRET =
  /pass(?:word|wd|phrase|code)?$|^pwd$|secret|token|authorization|cookie|credential|private[_-]?key|api[_-]?key|session(?:[_-]?id)?$|^auth$/i;
const HIDDEN = '[hidden]';
const DEEPEST = 8;
const LONGEST_TEXT = 2_000;
const MOST_ITEMS = 100;

/**
 * A template's context as the page may show it and JSON can say it: secrets are hidden by their names,
 * long and deep things cut, and no getter's fault gets out.
 */
export function redacted(context: object): unknown {
  try {
    return visible(context, 0);
  } catch {
    return '[cannot be read]';
  }
}

function visible(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (depth === DEEPEST) return '[…]';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MOST_ITEMS).map((item) => visible(item, depth + 1) ?? null);
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MOST_ITEMS)
      .map(([key, item]: [string, unknown]) => [key, SECRET.test(key) ? HIDDEN : visible(item, depth + 1)]),
  );
}

function cut(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
