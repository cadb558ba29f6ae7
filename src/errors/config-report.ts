import { MailError } from './mail-error.js';

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** The variable or option, e.g. `MAIL_PORT` or `transport.port`. */
  readonly where: string;
  readonly expected: string;
  /** What was found; never a secret (see `show`). */
  readonly found: string;
  /** What to do about it, when that is not plain from `expected`. */
  readonly fix?: string | undefined;
  /** The setting is known, its feature is not in this version. */
  readonly unsupported?: boolean;
}

/** Collects what is wrong with the configuration, so that one boot shows all of it. */
export class ConfigReport {
  readonly #problems: ConfigProblem[] = [];
  readonly #hints: string[] = [];

  add(problem: ConfigProblem): void {
    this.#problems.push(problem);
  }

  /** A line that helps to read the report but is no problem by itself. */
  hint(line: string): void {
    this.#hints.push(line);
  }

  get problems(): readonly ConfigProblem[] {
    return this.#problems;
  }

  get hints(): readonly string[] {
    return this.#hints;
  }

  /** A problem as one line of the report. */
  line({ where, expected, found, fix }: ConfigProblem): string {
    return `${where}: expected ${expected}, got ${found}.${fix ? ` ${sentence(fix)}` : ''}`;
  }

  /** Takes over what another report holds. */
  include(other: ConfigReport): void {
    this.#problems.push(...other.#problems);
    this.#hints.push(...other.#hints);
  }

  /** @throws {MailError} `config` (`unsupported` when that is all that is wrong), one line a problem */
  throwIfAny(title: string): void {
    if (this.#problems.length === 0) return;
    const lines = [...this.#problems.map((problem) => this.line(problem)), ...this.#hints];
    const code = this.#problems.every((problem) => problem.unsupported) ? 'unsupported' : 'config';
    throw new MailError(code, [title, ...lines.map((text) => `  - ${text}`)].join('\n'), { scope: 'config' });
  }
}

/** A question has its mark already. */
function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** Longest text a report quotes; the rest is cut. */
const LONGEST_QUOTE = 80;

/**
 * Characters that `JSON.stringify` leaves alone and that could forge or reorder a line of a log:
 * DEL and C1 controls, bidirectional controls, invisible spaces, line separators.
 */
const UNSAFE = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Controls of C0 too, and isolates are among the others. */
const NOT_ON_A_LINE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text of a stranger, as one line of a log: what could begin another line, or reorder this one, is escaped. */
export function onOneLine(text: string): string {
  return text.replace(NOT_ON_A_LINE, (character) => (character === '\n' ? '\\n' : escaped(character)));
}

/** A value as a report may show it: short, on one line, without logins. Never hand it a secret. */
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
 * Scheme, login, host with its port, and the rest of a URL. An `@`, a space or a backslash behind the host means that
 * the host is none: a password that was not encoded ended the login too soon, as the `?` of `smtp://me:12?34@host` does.
 */
const URL_SHAPE =
  /^([a-z][a-z0-9+.-]*:\/\/)([^\s\p{Cc}/?#]*@)?((?:[^\s\p{Cc}/?#@:\\[\]]+|\[[\da-f:.]+\])(?::\d{1,5})?)((?:[/?#][^\s\p{Cc}@\\]*)?)$/iu;

/** Whether a text can be read as a URL with a host in no more than one way. */
export function readsAsUrl(text: string): boolean {
  return URL_SHAPE.test(text);
}

/** In these a host is a host; in others (`sendgrid://KEY`) it may be the secret. */
const WITH_HOST = /^(?:smtps?|https?|socks[45]?|rediss?):/i;
/** What a server's URL may have behind its host, none of it shown. */
const PARAMETERS = /^\/?(?:\?\w+=[^&#]*(?:&\w+=[^&#]*)*)?$/;

/**
 * A URL as it may be shown: scheme, host and port, when it can be read as one. Login, path and parameters may hold
 * secrets, and so may all of what cannot.
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

/** A server's URL pasted where an address belongs must not put its password into a log. */
function shownText(text: string): string {
  const trimmed = text.trim();
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed))
    return /^https?:/i.test(trimmed) ? link(trimmed) : redactUrl(trimmed);
  const [start = ''] = /^[^]*?:\/\/|^(?!mailto:)[^\s<>@]+:(?=\S)/i.exec(trimmed) ?? [];
  const end = text.lastIndexOf('@');
  if (start === '' || end < start.length) return quote(text);
  return quote(`${start.endsWith('//') ? start : ''}***${text.slice(end)}`);
}

/** Path and parameters of a page tell which it is. */
function link(url: string): string {
  const [, scheme = '', login, host = '', rest = ''] = URL_SHAPE.exec(url) ?? [];
  return scheme ? quote(`${scheme}${login ? '***@' : ''}${host}${rest}`) : hidden(url);
}
