/** Longest text that a report quotes; the rest is cut. */
const LONGEST_QUOTE = 80;

/**
 * Characters that `JSON.stringify` leaves alone and that could forge or reorder a line of a log:
 * DEL and C1 controls, bidirectional controls, invisible spaces, line separators.
 */
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The same with all of C0; isolates are in the first set. */
const NOT_ON_A_LINE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Escapes characters of foreign text that could begin another log line or reorder this one. */
export function onOneLine(text: string): string {
  return text.replace(NOT_ON_A_LINE, (character) => (character === '\n' ? '\\n' : escaped(character)));
}

/** Shows a value in a report: short, on one line, without logins. Never call it with a secret. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return shownText(value);
    case 'function':
      return value.name ? `the class or function ${value.name}` : 'a function';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? 'an array' : 'an object';
    case 'number':
    case 'bigint':
    case 'boolean':
    case 'symbol':
      return value.toString();
    default:
      return typeof value;
  }
}

function quote(text: string): string {
  const cut = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE - 3)}...` : text;
  return JSON.stringify(cut).replace(UNSAFE, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Splits a URL into scheme, login, host with port, and the rest. An `@`, a space or a backslash behind the host means that
 * it is no host: an unencoded password ended the login too soon, as the `?` in `smtp://me:12?34@host` does.
 */
const URL_SHAPE =
  /^([a-z][a-z0-9+.-]*:\/\/)([^\s\p{Cc}/?#]*@)?((?:[^\s\p{Cc}/?#@:\\[\]]+|\[[\da-f:.]+\])(?::\d{1,5})?)((?:[/?#][^\s\p{Cc}@\\]*)?)$/iu;

/** Whether a text reads as a URL with a host in exactly one way. */
export function readsAsUrl(text: string): boolean {
  return URL_SHAPE.test(text);
}

/** Schemes whose host is a host; in others (`sendgrid://KEY`) it may be the secret. */
const WITH_HOST = /^(?:smtps?|https?|socks[45]?|rediss?):/i;
/** The part of a server's URL behind its host; none of it is shown. */
const PARAMETERS = /^\/?(?:\?\w+=[^&#]*(?:&\w+=[^&#]*)*)?$/;

/**
 * Shows scheme, host and port of a URL, if it can be read as one. Login, path and parameters may hold
 * secrets, and so may a text that cannot be read.
 */
export function redactUrl(url: string): string {
  const [, scheme = '', login, host = '', rest = ''] = URL_SHAPE.exec(url) ?? [];
  if (!WITH_HOST.test(scheme) || !PARAMETERS.test(rest)) return hidden(url);
  return quote(`${scheme.toLowerCase()}${login ? '***@' : ''}${host}`);
}

function hidden(url: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:(?=\/\/)|^(?:file|memory|log|mailer):/i.exec(url)?.[0] ?? '';
  return `"${scheme.toLowerCase()}…" (the rest is not shown, it may hold a password)`;
}

/** Several URLs, as in `failover(smtp://… ses://…)`. */
const COMPOSED_URL = /^[a-z][\w-]*\s*\([^]*:/i;

/** Protects a password from logs where a server's URL is pasted in place of an address. */
function shownText(text: string): string {
  const trimmed = text.trim();
  if (COMPOSED_URL.test(trimmed)) return hidden(trimmed);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed))
    return /^https?:/i.test(trimmed) ? link(trimmed) : redactUrl(trimmed);
  const [start = ''] = /^[^]*?:\/\/|^(?!mailto:)[^\s<>@]+:(?=\S)/i.exec(trimmed) ?? [];
  const end = text.lastIndexOf('@');
  if (start === '' || end < start.length) return quote(text);
  return quote(`${start.endsWith('//') ? start : ''}***${text.slice(end)}`);
}

/** Keeps path and parameters, which identify a page. */
function link(url: string): string {
  const [, scheme = '', login, host = '', rest = ''] = URL_SHAPE.exec(url) ?? [];
  return scheme ? quote(`${scheme}${login ? '***@' : ''}${host}${rest}`) : hidden(url);
}

/** Hides the local part of each address: of `ada@example.test` the domain stays. */
export function withoutPeople(text: string): string {
  return text.replace(/(?:"[^"\s]*"|(?<![^\s"<>(),:;'@[\]])[^\s"<>(),:;'@[\]]+)(?=@[^\s@])/gu, '***');
}
