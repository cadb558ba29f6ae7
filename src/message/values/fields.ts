import { closest, meant } from '../../errors/closest.js';
import { show } from '../../errors/show.js';
import { invalid, unsupported } from './refusal.js';

/** Values by field name, each read exactly once from what the caller passed. */
export type Fields<K extends string> = ReadonlyMap<K, unknown>;

/** The fields that an object may have, and advice about some others. */
export interface FieldRules<K extends string> {
  readonly known: readonly K[];
  /** Fields that other mail modules name differently: name → ours. */
  readonly renamed?: ReadonlyMap<string, string>;
  /** Fields of other mail modules that have no equivalent: name → reason and what to use instead. */
  readonly unsupported?: ReadonlyMap<string, string>;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the known fields of an object and refuses it for any other that is set.
 * @param field path of the object; '' for the mail itself
 * @throws {MailError} `message-invalid` or `unsupported`
 */
export function readFields<K extends string>(value: object, field: string, rules: FieldRules<K>): Fields<K> {
  const fields = knownFields(value, rules.known);
  refuseOthers(value, field, rules);
  return fields;
}

/** Reads the known fields of an object, each once, without checking anything. */
export function knownFields<K extends string>(value: object, known: readonly K[]): Fields<K> {
  const fields = new Map<K, unknown>();
  for (const name of known) {
    if (!has(value, name)) continue;
    const found: unknown = Reflect.get(value, name);
    if (found !== undefined) fields.set(name, found);
  }
  return fields;
}

/** Returns the value of a field, or the fallback if it is not given. Null counts as a value, and is refused later. */
export function fieldOr<K extends string>(fields: Fields<K>, name: K, fallback: unknown): unknown {
  return fields.has(name) ? fields.get(name) : fallback;
}

/** @throws {MailError} `message-invalid` or `unsupported` for an unknown field */
export function refuseOthers<K extends string>(value: object, field: string, rules: FieldRules<K>): void {
  const known: readonly string[] = rules.known;
  for (const name of Object.keys(value)) {
    if (known.includes(name) || Reflect.get(value, name) === undefined) continue;
    const path = field === '' ? name : `${field}.${name}`;
    const reason = rules.unsupported?.get(name);
    if (reason !== undefined) throw unsupported(quotedPath(path), reason);
    const fix = adviceFor(name, rules);
    throw invalid({ field: quotedPath(path), expected: 'a known field', found: show(name), fix });
  }
}

function adviceFor<K extends string>(name: string, { renamed, known }: FieldRules<K>): string {
  const ours = renamed?.get(name) ?? closest(name, known);
  return ours === undefined ? `Known are ${known.join(', ')}` : meant(ours);
}

/** True for own fields and getters of a class, but not for fields that every object has from `Object.prototype`. */
function has(value: object, name: string): boolean {
  return Object.hasOwn(value, name) || (name in value && !(name in Object.prototype));
}

/** Shows a key in an error on one line, whatever it holds. */
function quotedPath(path: string): string {
  return /^[\w.[\]-]{1,80}$/.test(path) ? path : show(path);
}
