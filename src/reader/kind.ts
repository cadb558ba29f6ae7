import { show } from '../errors/config-report.js';
import type { At } from './at.js';

/** A table of options, whatever their settings are. */
export interface AnyGroup {
  readonly names: readonly string[];
  /** What the docs and the variables take from a row. */
  row(name: string): Row | undefined;
}

/** A row of a table, whatever its setting is. */
export interface Row {
  readonly reader: Reader<unknown>;
  readonly fallback: unknown;
  /** For the docs, in Markdown. */
  readonly about: string;
  /** The default as the docs show it, if not by itself. */
  readonly shown: string | undefined;
  /** The variable of the environment that gives it as well. */
  readonly env: string | undefined;
}

/** Reads a value that was given. */
export interface Reader<T> {
  /** What a report says where the value must be given and is not. */
  readonly expected: string;
  /** The value as settings have it, or undefined once `at` has been told what is wrong with it. */
  read(value: unknown, at: At): T | undefined;
  /** What the text of a variable stands for. @default a text that is of this kind, for itself */
  readonly text?: Kind<unknown> | undefined;
  /** The options inside such a value. */
  readonly group?: AnyGroup | undefined;
}

export interface KindTraits {
  /** The value is never shown, and the spaces of a variable's text count. */
  readonly secret?: boolean;
  /** How a report shows a value. @default as it is, or not at all when `secret` */
  readonly found?: (value: unknown) => string;
  /** What to do about a wrong value, when that is not plain from `expected`. */
  readonly fix?: (value: unknown) => string | undefined;
  readonly text?: Kind<unknown> | undefined;
  /** The text of a variable holds several, which a configuration may hold as an array. */
  readonly isList?: boolean;
}

export const NOT_SHOWN = 'something else (not shown)';

/** One sort of value, with its one bound. */
export class Kind<T> implements Reader<T> {
  readonly expected: string;
  /** Undefined for a value of another kind. */
  readonly parse: (value: unknown) => T | undefined;
  readonly secret: boolean;
  readonly text: Kind<unknown> | undefined;
  readonly isList: boolean;
  readonly #found: (value: unknown) => string;
  readonly #fix: (value: unknown) => string | undefined;

  constructor(expected: string, parse: (value: unknown) => T | undefined, traits: KindTraits = {}) {
    this.expected = expected;
    this.parse = parse;
    this.secret = traits.secret ?? false;
    this.text = traits.text;
    this.isList = traits.isList ?? false;
    this.#found = traits.found ?? (this.secret ? () => NOT_SHOWN : show);
    this.#fix = traits.fix ?? (() => undefined);
  }

  read(value: unknown, at: At): T | undefined {
    return this.parse(value) ?? this.refuse(value, at);
  }

  /** @param shown what a report shows of the value, if it is not the value itself */
  refuse(value: unknown, at: At, shown: unknown = value): undefined {
    return at.refuse(this.expected, this.#found(shown), this.#fix(value));
  }
}
