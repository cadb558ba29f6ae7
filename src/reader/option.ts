import type { At } from './at.js';
import type { Reader, Row, RowTraits } from './kind.js';

/** A row of a table of options. */
export interface Option<T> extends Row {
  /** The setting where nothing is said. */
  readonly fallback: T;
  /** The setting that a value makes, `fallback` where there is none or it is wrong. Reports what is wrong. */
  read(value: unknown, at: At, fallback: T): T;
}

/** An option with a default. */
export function or<T>(reader: Reader<T>, fallback: T, about: string, traits: RowTraits = {}): Option<T> {
  const read = (value: unknown, at: At, otherwise: T): T =>
    value === undefined ? otherwise : (reader.read(value, at) ?? otherwise);
  return { reader, fallback, about, traits, read };
}

/** An option that may stay unsaid. */
export function optional<T>(reader: Reader<T>, about: string, traits: RowTraits = {}): Option<T | undefined> {
  return or<T | undefined>(reader, undefined, about, traits);
}

/** An option that has to be there; undefined once its fault is reported. */
export function required<T>(reader: Reader<T>, about: string, traits: RowTraits = {}): Option<T | undefined> {
  const read = (value: unknown, at: At): T | undefined =>
    value === undefined ? at.refuse(reader.expected, 'nothing') : reader.read(value, at);
  return { reader, fallback: undefined, about, traits, read };
}

/** An option that another function reads, as that takes more than its value. */
export function apart(about: string, traits: RowTraits & Partial<Reader<never>> = {}): Option<undefined> {
  return optional({ expected: '', ...traits, read: () => undefined }, about, traits);
}

/** The variable that gives an option. */
export function variableOf(row: Row | undefined): string | undefined {
  const env = row?.traits.env;
  return typeof env === 'string' ? env : env?.name;
}
