import { MailError } from './mail.errors.js';

/** One thing wrong with the configuration. */
export interface ConfigProblem {
  /** The variable or option, e.g. `MAIL_PORT` or `transport.port`. */
  readonly where: string;
  readonly expected: string;
  /** What was found; never a secret (see `show`). */
  readonly found: string;
  /** What to do about it, when that is not plain from `expected`. */
  readonly mend?: string | undefined;
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
  line({ where, expected, found, mend }: ConfigProblem): string {
    return `${where}: expected ${expected}, got ${found}${mend ? `. ${mend}.` : '.'}`;
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

/** A value as a report may show it: short, on one line, without userinfo of a URL. Never hand it a secret. */
export function show(value: unknown): string {
  switch (typeof value) {
    case 'undefined':
      return 'nothing';
    case 'string':
      return quote(withoutUserinfo(value));
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

/** A server's URL pasted where an address belongs must not put its password into a log. */
function withoutUserinfo(text: string): string {
  const start = text.indexOf('://') + 3;
  const end = text.lastIndexOf('@');
  return start > 2 && end > start ? `${text.slice(0, start)}***${text.slice(end)}` : text;
}
