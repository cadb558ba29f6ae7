import { localeChain } from './locale-chain.js';
import { LruCache } from './lru-cache.js';

type Options = Readonly<Record<string, unknown>>;
type Format<T> = (locale: string, options: Options) => T;

/** Bounds the formats kept of each kind, because locales and options come with the mails. */
const MAX_FORMATS = 500;

/**
 * Makes `Intl` formats once for each locale and options, because making one costs more than rendering a mail.
 */
export class IntlFormats {
  readonly date: Format<Intl.DateTimeFormat>;
  readonly number: Format<Intl.NumberFormat>;
  readonly list: Format<Intl.ListFormat>;
  readonly relative: Format<Intl.RelativeTimeFormat>;
  readonly plural: Format<Intl.PluralRules>;

  /** @param fallback locale for languages that `Intl` does not know; it would use the server's */
  constructor(fallback: string) {
    this.date = cached(fallback, (locales, options) => new DateFormat(locales, options));
    this.number = cached(fallback, (locales, options) => new Intl.NumberFormat(locales, options));
    this.list = cached(fallback, (locales, options) => new Intl.ListFormat(locales, options));
    this.relative = cached(fallback, (locales, options) => new Intl.RelativeTimeFormat(locales, options));
    this.plural = cached(fallback, (locales, options) => new Intl.PluralRules(locales, options));
  }
}

function cached<T>(fallback: string, make: (locales: string[], options: Options) => T): Format<T> {
  const formats = new LruCache<T>(MAX_FORMATS);
  return (locale, options) =>
    formats.getOrMake(JSON.stringify([locale, options]), () =>
      make([locale, ...localeChain(locale), ...localeChain(fallback)], options),
    );
}

/** A date without a time, which is the same date in every zone. Its instant is midnight in UTC. */
export class CalendarDate extends Date {}

/** Formats instants in its time zone, and a `CalendarDate` in UTC. */
class DateFormat extends Intl.DateTimeFormat {
  readonly #calendar: () => Intl.DateTimeFormat;

  constructor(locales: string[], options: Options) {
    super(locales, options);
    let made: Intl.DateTimeFormat | undefined;
    this.#calendar = () => (made ??= new Intl.DateTimeFormat(locales, { ...options, timeZone: 'UTC' }));
  }

  override format(date?: Date | number): string {
    return date instanceof CalendarDate ? this.#calendar().format(date) : super.format(date);
  }
}
