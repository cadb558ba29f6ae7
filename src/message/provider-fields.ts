import { show } from '../errors/show.js';
import type { JsonObject, JsonValue, ProviderFields } from './provider-options.js';
import { isObject } from './values/fields.js';
import { invalid } from './values/refusal.js';

const MAX_DEPTH = 8;
/** Most names and values of all providers together. */
const MAX_NODES = 2_000;
const MAX_CHARACTERS = 64 * 1024;

/**
 * Reads the caller's options of providers, so that they can be stored. The transport of a provider checks their names.
 * @throws {MailError} `message-invalid` for values that JSON cannot hold, or for too many
 */
export function parseProviderOptions(value: unknown, field: string): ProviderFields {
  if (!isObject(value)) throw invalid({ field, expected: 'an object of options', found: show(value) });
  const copy = new JsonCopy();
  return Object.fromEntries(
    definedEntries(value).map(([name, options]) => [
      name,
      copy.object(options, `${field}.${shownName(name)}`, 1),
    ]),
  );
}

/** Copies JSON values, within bounds for all of them together. */
class JsonCopy {
  #nodes = 0;
  #characters = 0;

  object(value: unknown, field: string, depth: number): JsonObject {
    if (!isObject(value) || !isPlain(value)) {
      throw invalid({ field, expected: 'an object of options', found: show(value) });
    }
    const copied = definedEntries(value).map(([name, found]): [string, JsonValue] => {
      this.#spend(name.length, field);
      return [name, this.#value(found, `${field}.${shownName(name)}`, depth + 1)];
    });
    return Object.fromEntries(copied);
  }

  #value(value: unknown, field: string, depth: number): JsonValue {
    if (depth > MAX_DEPTH) {
      throw invalid({ field, expected: `at most ${MAX_DEPTH} levels`, found: 'more' });
    }
    this.#spend(typeof value === 'string' ? value.length : 0, field);
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    if (Array.isArray(value)) {
      return Array.from(value, (item: unknown, index) => this.#value(item, `${field}[${index}]`, depth + 1));
    }
    if (isObject(value) && isPlain(value)) return this.object(value, field, depth);
    throw invalid({ field, expected: 'what JSON can say', found: show(value) });
  }

  #spend(characters: number, field: string): void {
    this.#nodes += 1;
    this.#characters += characters;
    if (this.#nodes <= MAX_NODES && this.#characters <= MAX_CHARACTERS) return;
    throw invalid({
      field,
      expected: `at most ${MAX_NODES} values and ${MAX_CHARACTERS} characters in all options of providers`,
      found: 'more',
    });
  }
}

/** True for an object without a class: a Date or a Map would not survive a queue. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function definedEntries(value: object): [string, unknown][] {
  const entries: [string, unknown][] = Object.entries(value);
  return entries.filter(([name, found]) => found !== undefined && name !== '__proto__');
}

/** Shows a name in an error on one line, whatever it holds. */
function shownName(name: string): string {
  return /^[\w-]{1,80}$/.test(name) ? name : show(name);
}
