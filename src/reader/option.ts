import { type ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';

/** Names a field of a group in faults: `port` may be `transport.port` or `MAIL_PORT`. */
export type NameOf = (field: string) => string;

/** The place of a value being read, and the report for its faults. */
export class At {
  readonly where: string;
  readonly report: ConfigReport;
  readonly #nameOf: NameOf;

  /** @param where empty for the options themselves */
  constructor(where: string, report: ConfigReport, nameOf?: NameOf) {
    this.where = where;
    this.report = report;
    this.#nameOf = nameOf ?? ((field) => (where === '' ? field : `${where}.${field}`));
  }

  /** The place of a field of the group at this place. */
  field(name: string): At {
    return new At(this.#nameOf(name), this.report);
  }

  /** The place of an item of a list, or of an entry by its key. */
  item(key: string | number): At {
    return new At(`${this.where}[${typeof key === 'number' ? key : `'${key}'`}]`, this.report);
  }

  /** Reports a fault of the value at this place. */
  refuse(expected: string, found: string, fix?: string): undefined {
    this.report.add({ where: this.where, expected, found, fix });
    return undefined;
  }
}

/** A table of options with settings of any type. */
export interface AnyGroup {
  readonly names: readonly string[];
  /** The part of a row that docs and variables use. */
  row(name: string): Row | undefined;
}

/** A row of a table with a setting of any type. */
export interface Row {
  readonly reader: Reader<unknown>;
  readonly fallback: unknown;
  /** For the docs, in Markdown. */
  readonly about: string;
  /** The default for the docs, if it does not show itself. */
  readonly shown: string | undefined;
  /** The variable of the environment that gives the option too. */
  readonly env: string | undefined;
}

/** Reads a given value. */
export interface Reader<T> {
  /** The expectation, for a report about a missing value. */
  readonly expected: string;
  /** The setting; undefined after a fault was reported to `at`. */
  read(value: unknown, at: At): T | undefined;
  /** The reader of a variable's text. @default the text itself, if it is of this kind */
  readonly text?: Kind<unknown> | undefined;
  /** The options inside the value. */
  readonly group?: AnyGroup | undefined;
}

export interface KindTraits {
  /** The value is never shown, and spaces in a variable's text count. */
  readonly secret?: boolean;
  /** How a report shows a value. @default the value itself, or nothing when `secret` */
  readonly found?: (value: unknown) => string;
  /** How to fix a wrong value, if `expected` does not make that plain. */
  readonly fix?: (value: unknown) => string | undefined;
  readonly text?: Kind<unknown> | undefined;
  /** A variable's text holds several values; a configuration may hold them as an array. */
  readonly isList?: boolean;
}

export const NOT_SHOWN = 'something else (not shown)';

/** A kind of value, with its one bound. */
export class Kind<T> implements Reader<T> {
  readonly expected: string;
  /** Returns undefined for a value of another kind. */
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

  /** @param shown the value as a report shows it, if not as it is */
  refuse(value: unknown, at: At, shown: unknown = value): undefined {
    return at.refuse(this.expected, this.#found(shown), this.#fix(value));
  }
}

/** A row of a table of options. */
export interface Option<T> extends Row {
  /** The setting if none is given. */
  readonly fallback: T;
  /** The setting of a value; `fallback` if the value is missing or wrong. Reports faults. */
  read(value: unknown, at: At, fallback: T): T;
}

/**
 * An option with a default.
 * @param about for the docs, in Markdown
 * @param shown the default for the docs, if it does not show itself
 */
export function or<T>(reader: Reader<T>, fallback: T, about: string, shown?: string): Option<T> {
  const read = (value: unknown, at: At, otherwise: T): T =>
    value === undefined ? otherwise : (reader.read(value, at) ?? otherwise);
  return { reader, fallback, about, shown, env: undefined, read };
}

/** An option without a default. */
export function optional<T>(reader: Reader<T>, about: string, shown?: string): Option<T | undefined> {
  return or<T | undefined>(reader, undefined, about, shown);
}

/** An option that must be given; undefined once its absence is reported. */
export function required<T>(reader: Reader<T>, about: string): Option<T | undefined> {
  const read = (value: unknown, at: At): T | undefined =>
    value === undefined ? at.refuse(reader.expected, 'nothing') : reader.read(value, at);
  return { ...optional(reader, about), read };
}

/** An option that another function reads, because it depends on more than its value. */
export function apart(about: string, shown?: string, group?: AnyGroup): Option<undefined> {
  return optional({ expected: '', group, read: () => undefined }, about, shown);
}

/** An option that a variable of the environment gives too. */
export function env<T>(name: string, option: Option<T>): Option<T> {
  return { ...option, env: name };
}
