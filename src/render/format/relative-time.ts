import { ContextFault } from '../faults/context-fault.js';
import { instantIn } from './date-value.js';
import { CalendarDate, type IntlFormats } from './intl-format.js';

const UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month', 'year'] as const;

export type RelativeUnit = (typeof UNITS)[number];

/** A distance in time as people count it. */
export interface RelativeTime {
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

/** Distances below this many days are told in days, even across a month's end. */
const DAYS_TOLD = 30;

/** @throws {ContextFault} for anything but a unit */
export function relativeUnit(value: unknown): RelativeUnit | undefined {
  if (value === undefined) return undefined;
  const unit = UNITS.find((candidate) => candidate === value);
  if (unit) return unit;
  throw new ContextFault(`formatRelativeTime: expected a unit out of ${UNITS.join(', ')}`);
}

/**
 * How far a date lies from another. Seconds, minutes and hours are whole ones gone by; days, months and
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

  /** In the unit asked for, else in the largest that fits; weeks only when asked for. Of a date without a time, no unit under a day fits. */
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
    if (months === 0 || Math.abs(this.#count(date, 'day')) < DAYS_TOLD) return 'day';
    return months < 12 ? 'month' : 'year';
  }

  #count(date: Date, unit: RelativeUnit): number {
    const distance = this.#instantOf(date) - this.#now.getTime();
    const [then, now] = [this.#dayOf(date), this.#dayOf(this.#now)];
    const days = (dayNumber(then) - dayNumber(now)) / DAY;
    const counts: Readonly<Record<RelativeUnit, number>> = {
      second: distance / SECOND,
      minute: distance / MINUTE,
      hour: distance / HOUR,
      day: days,
      week: days / 7,
      month: (then.year - now.year) * 12 + then.month - now.month,
      year: then.year - now.year,
    };
    // Not -0, which is told as "0 days ago".
    return Math.trunc(counts[unit]) || 0;
  }

  /** A date without a time begins at midnight there. */
  #instantOf(date: Date): number {
    const timed = !(date instanceof CalendarDate);
    return (timed ? date : instantIn(date.getTime(), this.#timeZone, this.#formats)).getTime();
  }

  /** The calendar day there; Gregorian, whatever calendar the mail's locale prefers. */
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

/** Midnight of a calendar day as if it were in UTC: what two of them differ by is whole days. */
function dayNumber({ year, month, day }: CalendarDay): number {
  return Date.UTC(year, month - 1, day);
}
