import { isDate } from 'node:util/types';
import { ContextFault } from '../faults/context-fault.js';
import { CalendarDate, type IntlFormats } from './intl-format.js';

export interface DateReading {
  /** Zone of times without an offset. */
  readonly timeZone: string;
  readonly formats: IntlFormats;
}

/**
 * Reads a `Date`, milliseconds since 1970, or a date in text, with or without a time (ISO 8601).
 * @param name name of the value in the fault
 */
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

/**
 * Matches ISO 8601 and RFC 3339 as databases and languages write them: a month, a date, or a date and a time. A
 * space may separate these, and an offset may follow, with the zone in brackets that RFC 9557 adds.
 */
const ISO =
  /^(\d{4}-\d\d)(-\d\d)?(?:(?<=-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(?:[.,](\d{1,9}))?(?: ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)(?:\[[^\]]{1,100}\]){0,4})?)?$/i;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * Reads a date in text. A date without a time becomes a `CalendarDate`; a time without an offset is read in the
 * time zone given, never in the server's. Undefined for any other text, and for days that do not exist.
 */
function parseDateText(text: string, timeZone: string, formats: IntlFormats): Date | undefined {
  const [found, month, day = '-01', time, seconds = ':00', fraction = '', zone] = ISO.exec(text) ?? [];
  if (found === undefined) return undefined;
  const midnight = Date.parse(`${month}${day}T00:00:00Z`);
  // Some runtimes read February 30 as March 2.
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== -Number(day)) return undefined;
  if (time === undefined) return new CalendarDate(midnight);
  const clock = Date.parse(`${month}${day}T${time}${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
  if (Number.isNaN(clock)) return undefined;
  if (zone === undefined) return instantIn(clock, timeZone, formats);
  const offset = offsetOf(zone);
  return offset === undefined ? undefined : new Date(clock - offset);
}

/** Milliseconds by which an offset is ahead of UTC. */
function offsetOf(zone: string): number | undefined {
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  if (Number(hours) > 23 || Number(minutes) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE;
}

/**
 * The instant at which the clocks of a zone show a time. If they show it twice, the first one counts; if they
 * skip it, it moves on by as much as the clocks do (Temporal's `compatible`).
 * @param clock the time as if it were in UTC
 */
export function instantIn(clock: number, timeZone: string, formats: IntlFormats): Date {
  const offsetAt = (instant: number): number => clockAt(instant, timeZone, formats) - instant;
  const before = offsetAt(clock - DAY);
  const fitting = [before, offsetAt(clock + DAY)].map((offset) => clock - offset);
  const shown = fitting.filter((instant) => instant + offsetAt(instant) === clock);
  return new Date(shown.length > 0 ? Math.min(...shown) : clock - before);
}

/** The time that the clocks of a zone show at an instant, as if it were in UTC. */
function clockAt(instant: number, timeZone: string, formats: IntlFormats): number {
  if (timeZone === 'UTC') return instant;
  const whole = Math.floor(instant / 1000) * 1000;
  const fields = new Map<string, number>();
  for (const { type, value } of formats.date('en-US', { timeZone, ...CLOCK_FIELDS }).formatToParts(whole))
    fields.set(type, Number(value));
  const [year, month, day, hour, minute, second] = CLOCK.map((field) => fields.get(field) ?? 0);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) + instant - whole;
}

const CLOCK = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const;

const CLOCK_FIELDS = {
  calendar: 'gregory',
  numberingSystem: 'latn',
  hourCycle: 'h23',
  ...Object.fromEntries(CLOCK.map((field) => [field, 'numeric'])),
};
