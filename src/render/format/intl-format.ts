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

/** A date without a time, which is the same date in every zone. Holds its midnight in UTC. */
export class CalendarDate extends Date {}

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
