import { isGroup } from '../reader/group.js';
import { isTransport } from '../transport/transport.js';

/** Options are no deeper. What lies below is compared by identity, so that a cycle ends. */
const MAX_DEPTH = 8;

/** Tells whether options are equal, by a text of each. */
export class OptionsKeys {
  readonly #names: readonly string[];
  /** Functions and instances can only be told apart by their identity. */
  readonly #numbers = new WeakMap<object, number>();
  #last = 0;

  /** @param names the options to compare; in an instance of a class they may be getters */
  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Returns the same text for equal options. It holds their secrets: never show it. */
  keyOf(options: object): string {
    const values = this.#names.map((name): unknown => Reflect.get(options, name));
    return JSON.stringify(values.map((value) => this.#comparable(value, MAX_DEPTH)));
  }

  #comparable(value: unknown, depth: number): unknown {
    if (typeof value === 'bigint') return String(value);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value;
    if (value instanceof Uint8Array) return ['bytes', Buffer.from(value).toString('base64')];
    if (depth > 0 && Array.isArray(value)) return value.map((item) => this.#comparable(item, depth - 1));
    if (depth > 0 && isGroup(value) && !isTransport(value)) return this.#fields(value, depth - 1);
    return { identity: this.#numberOf(value) };
  }

  /** The same fields in another order are the same options. */
  #fields(value: object, depth: number): unknown {
    const entries = Object.entries<unknown>({ ...value }).toSorted(([a], [b]) => (a < b ? -1 : 1));
    return { fields: entries.map(([name, field]) => [name, this.#comparable(field, depth)]) };
  }

  #numberOf(value: object): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    this.#last += 1;
    this.#numbers.set(value, this.#last);
    return this.#last;
  }
}
