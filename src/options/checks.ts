import { guess } from '../errors/closest.js';
import { MailError } from '../errors/mail-error.js';
import { pathFault } from '../errors/path-fault.js';
import { type ConfigReport, readsAsUrl, show } from '../errors/config-report.js';
import { urlOf } from '../message/values/url.js';

/** Where one value is being read, and where its faults are reported. */
export interface Place {
  readonly where: string;
  readonly report: ConfigReport;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A whole number, or undefined when absent or wrong. */
export function readInteger(
  value: unknown,
  { where, report }: Place,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= max) return value;
  report.add({ where, expected: `a whole number from 1 to ${max}`, found: show(value) });
  return undefined;
}

/** Milliseconds a timer can wait. */
export function readTime(value: unknown, place: Place): number | undefined {
  return readInteger(value, place, LONGEST_TIMER_MS);
}

export function readBoolean(value: unknown, { where, report }: Place): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  report.add({ where, expected: 'true or false', found: show(value) });
  return undefined;
}

export function readChoice<T extends string>(
  value: unknown,
  choices: readonly T[],
  { where, report }: Place,
): T | undefined {
  if (value === undefined) return undefined;
  const choice = choices.find((candidate) => candidate === value);
  if (!choice) report.add({ where, expected: `one of ${choices.join(', ')}`, found: show(value) });
  return choice;
}

export function readStrings(value: unknown, { where, report }: Place): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (isTexts(value)) return value;
  report.add({ where, expected: 'an array of strings', found: show(value) });
  return undefined;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}

/** A path as it stands: what only looks like one is refused. `faultOf` is `pathFault`, or `fileFault` for a file. */
export function readPath(
  value: unknown,
  expected: string,
  faultOf: (path: string) => string | undefined,
  { where, report }: Place,
): string | undefined {
  if (value === undefined) return undefined;
  const isText = typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value);
  const mend = isText ? faultOf(value) : undefined;
  if (isText && mend === undefined) return value;
  report.add({ where, expected, found: show(value), mend });
  return undefined;
}

/** Several folders, each as `readPath` reads it. */
export function readFolders(value: unknown, { where, report }: Place): readonly string[] | undefined {
  const folders = readStrings(value, { where, report });
  return folders?.filter((folder, index) =>
    readPath(folder, 'a folder', pathFault, { where: `${where}[${index}]`, report }),
  );
}

/** A URL of Redis, with the number of a database and parameters at most behind its host. */
export function isRedisUrl(value: unknown): value is string {
  if (typeof value !== 'string' || !/^rediss?:\/\/[^/?#]*\/?\d*(?:\?\w+=[^#]*)?$/i.test(value)) return false;
  return urlOf(value) !== undefined && readsAsUrl(value);
}

export const REDIS_URL = 'a redis:// or rediss:// URL, special characters of its password percent-encoded';

/** An array, whatever is in it. */
export function readList<T>(
  value: readonly T[] | undefined,
  { where, report }: Place,
): readonly T[] | undefined {
  if (value === undefined || Array.isArray(value)) return value;
  report.add({ where, expected: 'an array', found: show(value) });
  return undefined;
}

/** Of their prototypes every object or every array is: naming them would name no class. */
const BIRTH: ReadonlySet<unknown> = new Set([Object.prototype, Array.prototype, Function.prototype]);

/** Classes; each element that is none is reported. */
export function readClasses<T extends { readonly prototype: object }>(
  value: readonly T[] | undefined,
  { where, report }: Place,
): readonly T[] | undefined {
  const list = readList(value, { where, report });
  for (const [index, given] of list?.entries() ?? []) {
    if (isClass(given)) continue;
    const found = typeof given === 'object' ? `${show(given)}, perhaps an instance of one` : show(given);
    report.add({ where: `${where}[${index}]`, expected: 'a class of your own or of a library', found });
  }
  return list;
}

function isClass(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return typeof prototype === 'object' && prototype !== null && !BIRTH.has(prototype);
}

/** What `parse` makes of a value; its refusal becomes a line of the report. */
export function readParsed<T>(
  value: unknown,
  parse: (value: unknown, field: string) => T,
  expected: string,
  { where, report }: Place,
): T | undefined {
  if (value === undefined) return undefined;
  try {
    return parse(value, where);
  } catch (error) {
    if (!MailError.is(error)) throw error;
    report.add({ where, expected, found: show(value) });
    return undefined;
  }
}

/** Whether a value holds options of its own; reports what is no object, or one of another kind, as a Map is. */
export function checkGroup(value: unknown, { where, report }: Place): value is object {
  if (Object.prototype.toString.call(value) === '[object Object]') return true;
  report.add({ where: where.replace(/\.$/, ''), expected: 'an object of options', found: show(value) });
  return false;
}

/** Reports keys that mean nothing, and where the settings of other mail modules went. */
export function checkKeys(
  options: object,
  known: readonly string[],
  { where, report }: Place,
  moved: Readonly<Record<string, string>> = {},
): void {
  if (!checkGroup(options, { where, report })) return;
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const mend = Object.hasOwn(moved, key) ? moved[key] : guess(key, known);
    report.add({ where: `${where}${key}`, expected: 'no such option', found: 'one', mend });
  }
}
