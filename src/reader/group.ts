import { guess } from '../errors/closest.js';
import { ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { At, type AnyGroup, type Reader, type Row, type Option, or } from './option.js';

/** A table of options: a row for each setting. */
export type Options<V> = { readonly [K in keyof V]: Option<V[K]> };

export interface GroupTraits {
  /** Advice for names that other modules use, or that ours used before. */
  readonly moved?: Readonly<Record<string, string>>;
  /** Treats `null` and '' as absent, as they come from configuration files. */
  readonly emptyIsUnset?: boolean;
  /** @default 'an object of options' */
  readonly expected?: string;
}

/** A group of options in one object, read by their table. */
export class Group<V extends object> implements Reader<V>, AnyGroup {
  readonly expected: string;
  readonly options: Options<V>;
  readonly names: readonly string[];
  readonly group: AnyGroup = this;
  readonly #traits: GroupTraits;

  constructor(options: Options<V>, traits: GroupTraits = {}) {
    this.options = options;
    this.names = Object.keys(options);
    this.expected = traits.expected ?? 'an object of options';
    this.#traits = traits;
  }

  row(name: string): Row | undefined {
    return Object.entries<Row>(this.options).find(([own]) => own === name)?.[1];
  }

  /** Reads the settings of an object of options and reports its faults; undefined for any other value. */
  read(value: unknown, at: At, base?: V): V | undefined {
    if (!isGroup(value)) return at.refuse(this.expected, show(value));
    this.refuseUnknown(value, at);
    return this.#settings(value, at, base);
  }

  /**
   * The same, and the defaults if there are no options.
   * @param base settings in place of the defaults
   */
  settings(value: unknown, at: At, base?: V): V {
    const settings = value === undefined ? undefined : this.read(value, at, base);
    return settings ?? this.#settings({}, new At(at.where, new ConfigReport()), base);
  }

  /** Reports each unknown name. */
  refuseUnknown(value: object, at: At): void {
    const { moved = {} } = this.#traits;
    for (const name of Object.keys(value)) {
      if (this.names.includes(name) || (this.#traits.emptyIsUnset && !this.has(value, name))) continue;
      const fix = Object.hasOwn(moved, name) ? moved[name] : guess(name, this.names);
      at.field(name).refuse(`one of ${this.names.join(', ')}`, 'an unknown option', fix);
    }
  }

  /** Whether an option is given, valid or not. */
  has(value: object, name: string): boolean {
    return this.#field(value, name) !== undefined;
  }

  #settings(value: object, at: At, base: V | undefined): V {
    const settings: Partial<V> = {};
    for (const name in this.options) {
      const option = this.options[name];
      settings[name] = option.read(
        this.#field(value, name),
        at.field(name),
        base ? base[name] : option.fallback,
      );
    }
    assertComplete(settings, this.options);
    return settings;
  }

  #field(value: object, name: string): unknown {
    const isThere = Object.hasOwn(value, name) || (name in value && !(name in Object.prototype));
    const field: unknown = isThere ? Reflect.get(value, name) : undefined;
    return this.#traits.emptyIsUnset && (field === null || field === '') ? undefined : field;
  }
}

function assertComplete<V extends object>(settings: Partial<V>, options: Options<V>): asserts settings is V {
  for (const name in options) if (!(name in settings)) throw new Error(`The option ${name} was not read`);
}

/** An object or an instance of a class, but no object of another kind, such as a Map. */
export function isGroup(value: unknown): value is object {
  return Object.prototype.toString.call(value) === '[object Object]';
}

/** The settings of a group. */
export type Settings<G> = G extends Group<infer V> ? V : never;

/** An option that is itself a group; each of its options has its own default. */
export function section<V extends object>(group: Group<V>, about: string, shown?: string): Option<V> {
  const fallback = group.settings(undefined, new At('', new ConfigReport()));
  const read = (value: unknown, at: At, base: V): V => group.settings(value, at, base);
  return { ...or(group, fallback, about, shown), read };
}

/** Builds a value from the settings of a group, if they suffice. */
export function made<V extends object, T>(
  group: Group<V>,
  make: (settings: V, value: object, at: At) => T | undefined,
): Reader<T> {
  return {
    expected: group.expected,
    group,
    read(value: unknown, at: At): T | undefined {
      const settings = group.read(value, at);
      return settings && isGroup(value) ? make(settings, value, at) : undefined;
    },
  };
}

type Whole<V> = V & { readonly [K in keyof V]: Exclude<V[K], undefined> };

/** The settings, if all of them are given. */
export function complete<V extends object>(settings: V): Whole<V> | undefined {
  return isWhole(settings) ? settings : undefined;
}

function isWhole<V extends object>(settings: V): settings is Whole<V> {
  for (const name in settings) if (settings[name] === undefined) return false;
  return true;
}
