import type { At } from './at.js';
import type { AnyGroup, Reader, Row } from './kind.js';

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
