import { type ConfigReport, show } from '../errors/config-report.js';

/** How a fault names a field of a group: `port` may be `transport.port` or `MAIL_PORT`. */
export type NameOf = (field: string) => string;

/** The place of a value being read, and the report that takes its faults. */
export class At {
  readonly where: string;
  readonly report: ConfigReport;
  readonly #nameOf: NameOf;

  /** @param where '' for the options themselves */
  constructor(where: string, report: ConfigReport, nameOf?: NameOf) {
    this.where = where;
    this.report = report;
    this.#nameOf = nameOf ?? ((field) => (where === '' ? field : `${where}.${field}`));
  }

  /** The place of a field of a group that stands here. */
  field(name: string): At {
    return new At(this.#nameOf(name), this.report);
  }

  /** The place of an item of a list, or of an entry by its key. */
  item(key: string | number): At {
    return new At(`${this.where}[${typeof key === 'number' ? key : `'${key}'`}]`, this.report);
  }

  /** Reports a fault of the value that stands here. */
  refuse(expected: string, found: string, fix?: string): undefined {
    this.report.add({ where: this.where, expected, found, fix });
    return undefined;
  }
}

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

/** A row of a table of options. */
export interface Option<T> extends Row {
  /** The setting where nothing is said. */
  readonly fallback: T;
  /** The setting that a value makes, `fallback` where there is none or it is wrong. Reports what is wrong. */
  read(value: unknown, at: At, fallback: T): T;
}

/**
 * An option with a default.
 * @param about for the docs, in Markdown
 * @param shown the default as the docs show it, if not by itself
 */
export function or<T>(reader: Reader<T>, fallback: T, about: string, shown?: string): Option<T> {
  const read = (value: unknown, at: At, otherwise: T): T =>
    value === undefined ? otherwise : (reader.read(value, at) ?? otherwise);
  return { reader, fallback, about, shown, env: undefined, read };
}

/** An option that may stay unsaid. */
export function optional<T>(reader: Reader<T>, about: string, shown?: string): Option<T | undefined> {
  return or<T | undefined>(reader, undefined, about, shown);
}

/** An option that has to be there; undefined once its fault is reported. */
export function required<T>(reader: Reader<T>, about: string): Option<T | undefined> {
  const read = (value: unknown, at: At): T | undefined =>
    value === undefined ? at.refuse(reader.expected, 'nothing') : reader.read(value, at);
  return { ...optional(reader, about), read };
}

/** An option that another function reads, as that takes more than its value. */
export function apart(about: string, shown?: string, group?: AnyGroup): Option<undefined> {
  return optional({ expected: '', group, read: () => undefined }, about, shown);
}

/** An option that a variable of the environment gives as well. */
export function env<T>(name: string, option: Option<T>): Option<T> {
  return { ...option, env: name };
}
