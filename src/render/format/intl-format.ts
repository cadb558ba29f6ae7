import { isDate } from 'node:util/types';
import { ContextFault } from '../faults/context-fault.js';
import { CalendarDate, parseDateText } from './date-value.js';
import { localeChain } from './locale-chain.js';

const MAX_FORMATS = 500;

/**
 * Makes `Intl` formats once per locale and options: constructing one costs more than rendering a mail.
 * Bounded, because locales and options come with the mails.
 */
export class IntlFormats {
  readonly #fallback: string;
  readonly #dates = new Map<string, Intl.DateTimeFormat>();
  readonly #numbers = new Map<string, Intl.NumberFormat>();
  readonly #lists = new Map<string, Intl.ListFormat>();
  readonly #relative = new Map<string, Intl.RelativeTimeFormat>();
  readonly #plurals = new Map<string, Intl.PluralRules>();

  /** @param fallback the language to format by in the place of one that `Intl` does not know: else it takes the server's */
  constructor(fallback: string) {
    this.#fallback = fallback;
  }

  date(locale: string, options: Readonly<Record<string, unknown>>): Intl.DateTimeFormat {
    return cached(this.#dates, [locale, options], () => new DateFormat(this.#locales(locale), options));
  }

  number(locale: string, options: Readonly<Record<string, unknown>>): Intl.NumberFormat {
    return cached(
      this.#numbers,
      [locale, options],
      () => new Intl.NumberFormat(this.#locales(locale), options),
    );
  }

  list(locale: string, options: Readonly<Record<string, unknown>>): Intl.ListFormat {
    return cached(this.#lists, [locale, options], () => new Intl.ListFormat(this.#locales(locale), options));
  }

  relative(locale: string, options: Readonly<Record<string, unknown>>): Intl.RelativeTimeFormat {
    return cached(
      this.#relative,
      [locale, options],
      () => new Intl.RelativeTimeFormat(this.#locales(locale), options),
    );
  }

  plural(locale: string, options: Readonly<Record<string, unknown>>): Intl.PluralRules {
    return cached(
      this.#plurals,
      [locale, options],
      () => new Intl.PluralRules(this.#locales(locale), options),
    );
  }

  #locales(locale: string): string[] {
    return [locale, ...localeChain(locale), ...localeChain(this.#fallback)];
  }
}

/** Shows instants in its time zone, and a date without a time as that date, whatever the zone. */
class DateFormat extends Intl.DateTimeFormat {
  readonly #calendar: () => Intl.DateTimeFormat;

  constructor(locales: string[], options: Readonly<Record<string, unknown>>) {
    super(locales, options);
    let made: Intl.DateTimeFormat | undefined;
    this.#calendar = () => (made ??= new Intl.DateTimeFormat(locales, { ...options, timeZone: 'UTC' }));
  }

  override format(date?: Date | number): string {
    return date instanceof CalendarDate ? this.#calendar().format(date) : super.format(date);
  }
}

function cached<T>(formats: Map<string, T>, key: readonly unknown[], make: () => T): T {
  const id = JSON.stringify(key);
  const found = formats.get(id);
  if (found) return found;
  if (formats.size >= MAX_FORMATS) formats.clear();
  const made = make();
  formats.set(id, made);
  return made;
}

/** The zone that times without an offset are in. */
export interface DateReading {
  readonly timeZone: string;
  readonly formats: IntlFormats;
}

/** A `Date`, milliseconds since 1970, or a date in text, with or without a time (ISO 8601). */
export function toDate(name: string, value: unknown, reading: DateReading): Date {
  const date = isDate(value) ? value : dateOf(value, reading);
  if (!date || Number.isNaN(date.getTime())) {
    throw new ContextFault(`${name}: expected a Date, milliseconds or an ISO 8601 string`);
  }
  return date;
}

function dateOf(value: unknown, { timeZone, formats }: DateReading): Date | undefined {
  if (typeof value === 'number') return new Date(value);
  return typeof value === 'string' ? parseDateText(value, timeZone, formats) : undefined;
}

/** A decimal number in text, which `Intl` formats digit by digit. */
export type DecimalText = `${number}`;

/**
 * A number, a bigint, a decimal number as databases return it in text, or an object that reads as one, as those
 * of decimal.js, big.js and Prisma do. Texts keep all their digits.
 */
export function toNumeric(name: string, value: unknown): number | bigint | DecimalText {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return value;
  const text = typeof value === 'string' ? value : decimalOf(value);
  if (text !== undefined && isDecimal(text)) return text;
  throw new ContextFault(`${name}: expected a number, got ${described(value)}`);
}

/** What an object of a decimal library reads as; undefined for anything else. */
export function decimalOf(value: unknown): DecimalText | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const write: unknown = Reflect.get(value, 'toString');
  if (typeof write !== 'function' || write === Object.prototype.toString) return undefined;
  const text: unknown = Reflect.apply(write, value, []);
  return typeof text === 'string' && isDecimal(text) ? text : undefined;
}

/** Bounded: the exponent of a few characters could ask for a text of gigabytes. */
function isDecimal(text: string): text is DecimalText {
  return text.length <= MAX_DIGITS && /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(text);
}

const MAX_DIGITS = 1000;

function described(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'number' ? `${value}` : typeof value;
}
