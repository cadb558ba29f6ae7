import { guess } from '../errors/closest.js';
import { show } from '../errors/show.js';
import { MailError } from '../errors/mail-error.js';
import { fileFault, pathFault } from '../errors/path-fault.js';
import { type At, Kind, type KindTraits, type Reader } from './option.js';

/** The longest delay of a timer, in milliseconds. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface Bounds {
  readonly min?: number;
  readonly max?: number;
  /** The unit for messages, such as `milliseconds`. */
  readonly unit?: string;
}

/** A whole number, from 1 by default. */
export function whole({ min = 1, max = Number.MAX_SAFE_INTEGER, unit }: Bounds = {}): Kind<number> {
  const expected = `a whole number ${unit === undefined ? '' : `of ${unit} `}from ${min} to ${max}`;
  const within = (value: unknown): number | undefined =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max ? value : undefined;
  const text = new Kind(expected, (value) =>
    typeof value === 'string' && /^\d{1,16}$/.test(value) ? within(Number(value)) : undefined,
  );
  return new Kind(expected, within, { text });
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

const DURATION = new Kind('a time such as 30s, 2m or milliseconds', (value) => {
  const [, amount, unit = 'ms'] = /^(\d{1,10})(ms|s|m)?$/.exec(String(value)) ?? [];
  const milliseconds = Number(amount) * (UNITS[unit] ?? Number.NaN);
  return milliseconds > 0 && milliseconds <= LONGEST_TIMER_MS ? milliseconds : undefined;
});

/** Milliseconds that a timer can wait; the text of a variable may have a unit. */
export const TIMER = new Kind(
  `a whole number from 1 to ${LONGEST_TIMER_MS}`,
  whole({ max: LONGEST_TIMER_MS }).parse,
  { text: DURATION },
);

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'yes', 'on'].map((word) => [word, true] as const),
  ...['false', '0', 'no', 'off'].map((word) => [word, false] as const),
]);

export const FLAG = new Kind('true or false', (value) => (typeof value === 'boolean' ? value : undefined), {
  text: new Kind('true or false', (value) => WORDS.get(String(value).toLowerCase())),
});

/** One of several words; the text of a variable may have capital letters. */
export function oneOf<const W extends string>(words: readonly W[]): Kind<W> {
  const expected = `one of ${words.join(', ')}`;
  const fix = (value: unknown): string | undefined =>
    typeof value === 'string' ? guess(value, words) : undefined;
  const word = (value: unknown): W | undefined => words.find((candidate) => candidate === value);
  const text = new Kind(expected, (value) => word(String(value).toLowerCase()), { fix });
  return new Kind(expected, word, { fix, text });
}

/** Text without control characters that may have to match a shape. */
export function line(
  expected: string,
  matches: (text: string) => boolean = () => true,
  traits: KindTraits = {},
): Kind<string> {
  return new Kind(
    expected,
    (value) => (typeof value === 'string' && !/\p{Cc}/u.test(value) && matches(value) ? value : undefined),
    traits,
  );
}

/** A path; a value that only looks like one is refused. */
function path(expected: string, faultOf: (text: string) => string | undefined): Kind<string> {
  return line(expected, (text) => text !== '' && faultOf(text) === undefined, {
    fix: (value) =>
      typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value) ? faultOf(value) : undefined,
  });
}

export const FOLDER = path('a folder', pathFault);
export const FILE = path('a file', fileFault);

/** A value that `is` accepts. */
export function is<T>(
  expected: string,
  guard: (value: unknown) => value is T,
  traits: KindTraits = {},
): Kind<T> {
  return new Kind(expected, (value) => (guard(value) ? value : undefined), traits);
}

/** The result of `parse`; its error is a fault of the value. */
export function parsed<T>(
  expected: string,
  parse: (value: unknown, field: string) => T,
  traits: KindTraits = {},
): Kind<T> {
  const tried = (value: unknown): T | undefined => {
    try {
      return parse(value, 'value');
    } catch (error) {
      if (MailError.is(error)) return undefined;
      throw error;
    }
  };
  return new Kind(expected, tried, traits);
}

export const TEXTS = is('an array of strings', isTexts);

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '');
}

const ARRAY = is('an array', (value): value is readonly unknown[] => Array.isArray(value));

/**
 * A list, checked as a whole and then item by item; a faulty item is reported and left out.
 * @param whole the expectation of the list as a whole
 */
export function list<T>(item: Reader<T>, whole: Kind<readonly unknown[]> = ARRAY): Reader<readonly T[]> {
  return {
    expected: whole.expected,
    read(value: unknown, at: At): readonly T[] | undefined {
      const items = whole.read(value, at);
      return items
        ?.map((given, index) => item.read(given, at.item(index)))
        .filter((read) => read !== undefined);
    },
  };
}

export const FOLDERS = list(FOLDER, TEXTS);

/** Classes of the language itself: every object, array or function inherits from one of these. */
const BUILT_IN: ReadonlySet<unknown> = new Set([Object.prototype, Array.prototype, Function.prototype]);

/** Classes that `guard` accepts, usually any: only an instance shows more. */
export function classes<T>(guard: (value: unknown) => value is T): Reader<readonly T[]> {
  return list(oneClass(guard));
}

/** A class that `guard` accepts, see `classes`. */
export function oneClass<T>(guard: (value: unknown) => value is T): Kind<T> {
  return is('a class of your own or of a library', guard, { found: shownAsNoClass });
}

function shownAsNoClass(value: unknown): string {
  return typeof value === 'object' ? `${show(value)}, perhaps an instance of one` : show(value);
}

export function isClass(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return typeof prototype === 'object' && prototype !== null && !BUILT_IN.has(prototype);
}
