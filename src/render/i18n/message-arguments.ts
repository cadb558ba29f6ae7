import { isDate } from 'node:util/types';
import { ContextFault } from '../faults/context-fault.js';
import { toDate, type DateReading } from '../format/date-value.js';
import { toNumeric } from '../format/number-value.js';

/** What a message does with an argument; `choice` is the subject of a `select`. */
export type ArgumentKind = 'text' | 'choice' | 'number' | 'date';

export type ArgumentKinds = ReadonlyMap<string, ReadonlySet<ArgumentKind>>;

type Arguments = Readonly<Record<string, unknown>>;
type ArgumentValue = string | number | Date;
type ArgumentValues = Readonly<Record<string, ArgumentValue>>;

/**
 * The arguments of a message as its formatter takes them.
 * @param reading how dates in text are read
 * @param label what faults call the message; asked for only then
 * @throws {ContextFault} for one that is missing or of another kind
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

/** What needs no reading. */
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

/** What a number holds without loss is one, so that `=1` is met by "1.0"; else all its digits as text. */
function countable(numeric: ReturnType<typeof toNumeric>): number | string {
  const number = Number(numeric);
  return typeof numeric === 'number' || `${numeric}`.length <= EXACT_LENGTH ? number : `${numeric}`;
}

/** Decimal digits that every number keeps (IEEE 754 doubles). */
const EXACT_LENGTH = 15;

function textOf(value: unknown, what: string): string {
  if (value === null) return '';
  if (typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  const found = isDate(value) ? 'a Date; the message has to say {…, date}' : typeof value;
  throw new ContextFault(`${what}: expected text, a number or a boolean, got ${found}`);
}
