import { ContextFault } from '../faults/context-fault.js';
import { instantIn } from './date-value.js';
import { CalendarDate, type IntlFormats } from './intl-format.js';

const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] as const;

type RelativeUnit = (typeof UNITS)[number];

interface RelativeTime {
  readonly value: number;
  readonly unit: RelativeUnit;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

interface CalendarDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Distances below this many days are counted in days, even across the end of a month. */
const MOST_DAYS = 30;

/** @throws {ContextFault} for anything but a unit */
export function relativeUnit(value: unknown): RelativeUnit | undefined {
  if (value === undefined) return undefined;
  const unit = UNITS.find((candidate) => candidate === value);
  if (unit) return unit;
  throw new ContextFault(`formatRelativeTime: expected a unit out of ${UNITS.join(', ')}`);
}

/**
 * Measures the distance of dates from one instant. Seconds, minutes and hours are whole ones; days, months and
 * years are those of the calendar in the time zone, so that "tomorrow" is the day after today.
 */
export class RelativeClock {
  readonly #formats: IntlFormats;
  readonly #timeZone: string;
  readonly #now: Date;

  constructor(formats: IntlFormats, timeZone: string, now: Date) {
    this.#formats = formats;
    this.#timeZone = timeZone;
    this.#now = now;
  }

  /** @param unit by default the largest that fits, but never weeks, and at least days for a date without a time */
  until(date: Date, unit = this.#unitFor(date)): RelativeTime {
    return { value: this.#count(date, unit), unit };
  }

  #unitFor(date: Date): RelativeUnit {
    const timed = !(date instanceof CalendarDate);
    const distance = Math.abs(date.getTime() - this.#now.getTime());
    if (timed && distance < MINUTE) return 'second';
    if (timed && distance < HOUR) return 'minute';
    if (timed && distance < DAY) return 'hour';
    const months = Math.abs(this.#count(date, 'month'));
    if (months === 0 || Math.abs(this.#count(date, 'day')) < MOST_DAYS) return 'day';
    return months < 12 ? 'month' : 'year';
  }

  #count(date: Date, unit: RelativeUnit): number {
    const distance = this.#instantOf(date) - this.#now.getTime();
    const [then, now] = [this.#dayOf(date), this.#dayOf(this.#now)];
    const days = (midnightOf(then) - midnightOf(now)) / DAY;
    const counts: Readonly<Record<RelativeUnit, number>> = {
      second: distance / SECOND,
      minute: distance / MINUTE,
      hour: distance / HOUR,
      day: days,
      week: days / 7,
      month: (then.year - now.year) * 12 + then.month - now.month,
      year: then.year - now.year,
    };
    // Not -0, which `Intl` formats as "0 days ago".
    return Math.trunc(counts[unit]) || 0;
  }

  /** A date without a time begins at midnight in the time zone. */
  #instantOf(date: Date): number {
    const timed = !(date instanceof CalendarDate);
    return (timed ? date : instantIn(date.getTime(), this.#timeZone, this.#formats)).getTime();
  }

  /** The day in the time zone; Gregorian, whatever calendar the mail's locale prefers. */
  #dayOf(date: Date): CalendarDay {
    const format = this.#formats.date('en-US', {
      timeZone: this.#timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
    const [month = 0, day = 0, year = 0] = format.format(date).split('/').map(Number);
    return { year, month, day };
  }
}

/** Milliseconds of a day's midnight in UTC, so that two days always differ by a multiple of `DAY`. */
function midnightOf({ year, month, day }: CalendarDay): number {
  return Date.UTC(year, month - 1, day);
}
