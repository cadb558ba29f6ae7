/**
 * Names of what nobody should read on a page, as words in small letters: `dbPassword2` is `db-password-2`, so
 * `compass`, `passenger` and `author` are none. A code or link is in the mail anyway, and stays.
 */
const SECRET = new RegExp(
  [
    'passw(?:or)?d|passphrase|passcode|authorization|cookie|credential',
    String.raw`\b(?:pass|pwd|o?auth|jwt|bearer)\b`,
    String.raw`(?:secret|token)s?\b`,
    String.raw`(?:api|access|private|secret|signing|encryption)-?keys?\b`,
    String.raw`\bsession(?:-?id)?$`,
  ].join('|'),
);
const WORD = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu;
/** What stands before the host of a URL, also in the middle of a text. */
const LOGIN = /(?<=\b[a-z][a-z\d+.-]{0,20}:\/\/)[^\s/?#@"'<>]+(?:@[^\s/?#@"'<>]+)*(?=@)/gi;
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
      .map(([key, item]: [string, unknown]) => [key, isSecret(key) ? HIDDEN : visible(item, depth + 1)]),
  );
}

function isSecret(name: string): boolean {
  return SECRET.test((name.match(WORD) ?? []).join('-').toLowerCase());
}

/** A login is hidden before: cut in two it would be none any more. */
function cut(text: string): string {
  const shown = text.replaceAll(LOGIN, HIDDEN);
  return shown.length > LONGEST_TEXT ? `${shown.slice(0, LONGEST_TEXT)}…` : shown;
}
