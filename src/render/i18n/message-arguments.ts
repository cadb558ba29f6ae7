import { isDate } from 'node:util/types';
import { ContextFault } from '../faults/context-fault.js';
import { toDate, type DateReading } from '../format/date-value.js';
import { toNumeric } from '../format/number-value.js';

/** The use of an argument in a message; `choice` is the subject of a `select`. */
export type ArgumentKind = 'text' | 'choice' | 'number' | 'date';

export type ArgumentKinds = ReadonlyMap<string, ReadonlySet<ArgumentKind>>;

type Arguments = Readonly<Record<string, unknown>>;
type ArgumentValue = string | number | Date;
type ArgumentValues = Readonly<Record<string, ArgumentValue>>;

/**
 * Converts the arguments of a message for the formatter.
 * @param label makes the name of the message for a fault
 * @throws {ContextFault} for an argument that is missing or of the wrong kind
 */
export function argumentValues(
  kinds: ArgumentKinds,
  args: Arguments,
  reading: DateReading,
  label: () => string,
): ArgumentValues {
  const values: Record<string, ArgumentValue> = {};
  for (const [name, used] of kinds) {
    if (!Object.hasOwn(args, name)) throw new ContextFault(`${label()} needs the argument "${name}"`);
    const value = args[name];
    values[name] =
      plainValue(value, used) ?? readValue(value, used, reading, `the argument "${name}" of ${label()}`);
  }
  return values;
}

/** Returns a value that the formatter takes unchanged. */
function plainValue(value: unknown, used: ReadonlySet<ArgumentKind>): ArgumentValue | undefined {
  if (used.has('date')) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && !used.has('number') ? value : undefined;
}

function readValue(
  value: unknown,
  used: ReadonlySet<ArgumentKind>,
  reading: DateReading,
  what: string,
): ArgumentValue {
  if (used.has('date')) return toDate(what, value, reading);
  return used.has('number') ? countable(toNumeric(what, value)) : textOf(value, what);
}

/** Converts to a number if that loses no digits, so that "1.0" matches `=1`; otherwise keeps all digits as text. */
function countable(numeric: ReturnType<typeof toNumeric>): number | string {
  const number = Number(numeric);
  return typeof numeric === 'number' || `${numeric}`.length <= EXACT_LENGTH ? number : `${numeric}`;
}

/** Decimal digits that a number always keeps (IEEE 754 doubles). */
const EXACT_LENGTH = 15;

function textOf(value: unknown, what: string): string {
  if (value === null) return '';
  if (typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  const found = isDate(value) ? 'a Date; the message has to say {…, date}' : typeof value;
  throw new ContextFault(`${what}: expected text, a number or a boolean, got ${found}`);
}
