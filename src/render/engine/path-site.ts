import { isDate, isPromise } from 'node:util/types';
import { messageOf } from '../../errors/mail-error.js';
import { type ClassGetters, inherited, type Inherited } from './class-getters.js';
import { ContextFault } from '../faults/context-fault.js';
import type { SourceLocation } from '../faults/source-location.js';

/** One path expression of a template: its place, and the steps it takes through the context. */
export interface PathSite {
  /** Steps from the base value that the compiled template passes. */
  readonly keys: readonly string[];
  /** As the template writes it, e.g. `user.name` or `../title`. */
  readonly path: string;
  readonly place: SourceLocation;
  /** A missing value is `undefined` and no fault, as in `#if` or an argument of `default`. */
  readonly lenient: boolean;
  /** For `@` paths: the number of data frames to go up first. */
  readonly up: number;
}

/** The sites of one generation of templates. Compiled templates refer to them by number. */
export class PathSites {
  readonly #sites: PathSite[] = [];

  add(site: PathSite): number {
    return this.#sites.push(site) - 1;
  }

  get(id: number): PathSite {
    const site = this.#sites[id];
    if (!site) throw new RangeError(`no site ${id}`);
    return site;
  }
}

/**
 * Follows a site's path through own properties, and through getters of the classes in `readGetters`.
 * @throws {ContextFault} when a step is absent or `undefined`, unless the site is lenient
 */
export function valueAt(base: unknown, site: PathSite, getters: ClassGetters): unknown {
  const { keys } = site;
  let value = base;
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index];
    if (key === undefined) return absent(value, site, index);
    if (owns(value, key)) {
      value = value[key];
      continue;
    }
    const prototype = getters.find(value, key);
    if (!prototype) return absent(value, site, index);
    value = got(value, key, prototype, site);
  }
  if (value === undefined) return absent(undefined, site, keys.length);
  if (typeof value === 'function') throw fault(site, 'is a function; put its result in the context');
  if (typeof value === 'object' && isPromise(value)) throw unawaited(site);
  return value;
}

/** Reads a value to print, as `valueAt` does: `null` prints nothing, an object is refused. */
export function printableAt(base: unknown, site: PathSite, getters: ClassGetters): unknown {
  const value = valueAt(base, site, getters);
  return typeof value === 'string' ? value : printable(value, site);
}

function got(owner: unknown, key: string, prototype: object, site: PathSite): unknown {
  try {
    return Reflect.get(prototype, key, owner);
  } catch (cause) {
    const className = inherited(owner, key)?.className ?? 'a class';
    throw fault(
      site,
      `cannot be read: the getter "${key}" of ${className} threw: ${messageOf(cause)}`,
      cause,
    );
  }
}

/**
 * Converts a value to its printed form. An object needs a `toString` of its own. Numbers become text here: where
 * nothing is escaped, Handlebars would add up two numbers that stand side by side.
 */
export function printable(value: unknown, site: PathSite): unknown {
  if (typeof value === 'symbol' || typeof value === 'function') throw fault(site, `is a ${typeof value}`);
  if (value === null || value === undefined) return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  if (typeof value !== 'object') return value;
  if ('toHTML' in value && typeof value.toHTML === 'function') return value;
  if (isDate(value)) throw fault(site, 'is a Date; print it with formatDate');
  const text = asText(value);
  if (text === undefined) throw fault(site, 'is an object; print one of its fields');
  return text;
}

function asText(value: object): string | undefined {
  const write: unknown = Reflect.get(value, 'toString');
  if (typeof write !== 'function' || write === Object.prototype.toString) return undefined;
  const text: unknown = Reflect.apply(write, value, []);
  return typeof text === 'string' && !/\[object \w+\]/.test(text) ? text : undefined;
}

function owns(value: unknown, key: string): value is Readonly<Record<string, unknown>> {
  return value !== undefined && value !== null && Object.hasOwn(value, key);
}

function absent(owner: unknown, site: PathSite, index: number): undefined {
  const key = site.keys[index];
  const found = key === undefined ? undefined : inherited(owner, key);
  if (key !== undefined && found) throw fault(site, unread(found));
  if (isPromise(owner)) throw unawaited(site);
  if (site.lenient) return undefined;
  const reached = site.keys.slice(0, index).join('.');
  const where = reached ? `"${reached}"` : 'the context there';
  const known = owner !== null && typeof owner === 'object' ? knownKeys(owner) : '';
  const what = key === undefined ? 'is undefined' : `is missing: ${where} has no "${key}"${known}`;
  throw fault(site, `${what}. If it may be absent, use {{#if}} or {{default}}`);
}

/** Words why an inherited property is not read. */
function unread({ kind, className }: Inherited): string {
  const owner = className === undefined ? 'a class' : `class ${className}`;
  if (kind === 'method') {
    return `is a method of ${owner}, which is not called: put its result in the context, or pass a plain object`;
  }
  return kind === 'getter'
    ? `is a getter of ${owner}, which is not read: add ${className ?? 'the class'} to templates.readGetters, or pass a plain object`
    : `is a value of ${owner}, not of the object itself: pass a plain object`;
}

const unawaited = (site: PathSite): ContextFault =>
  fault(site, 'is a Promise: await it before the mail is sent, and put its result in the context');

function knownKeys(owner: object): string {
  if (Array.isArray(owner)) return ` (it is an array of ${owner.length})`;
  const keys = Object.keys(owner);
  const more = keys.length > 10 ? ', …' : '';
  return keys.length === 0 ? ' (it is empty)' : ` (it has ${keys.slice(0, 10).join(', ')}${more})`;
}

function fault({ path, place }: PathSite, what: string, cause?: unknown): ContextFault {
  return new ContextFault(`"${path}" ${what}`, { place, path, cause });
}
