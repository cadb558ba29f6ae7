import { ContextFault } from '../faults/context-fault.js';

/** A decimal number in text, which `Intl` formats digit by digit. */
type DecimalText = `${number}`;

/**
 * Reads a number, a bigint, a decimal number in text, as databases return it, or an object whose text is one, as
 * those of decimal.js, big.js and Prisma have. Texts keep all their digits.
 */
export function toNumeric(name: string, value: unknown): number | bigint | DecimalText {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return value;
  const text = typeof value === 'string' ? value : decimalOf(value);
  if (text !== undefined && isDecimal(text)) return text;
  throw new ContextFault(`${name}: expected a number, got ${described(value)}`);
}

/** The text of a decimal library's object, undefined for any other value. */
export function decimalOf(value: unknown): DecimalText | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const write: unknown = Reflect.get(value, 'toString');
  if (typeof write !== 'function' || write === Object.prototype.toString) return undefined;
  const text: unknown = Reflect.apply(write, value, []);
  return typeof text === 'string' && isDecimal(text) ? text : undefined;
}

/** Bounds the length and the exponent: a few characters could stand for gigabytes of digits. */
function isDecimal(text: string): text is DecimalText {
  return text.length <= MAX_DIGITS && /^-?\d+(\.\d+)?(e[+-]?\d{1,3})?$/i.test(text);
}

const MAX_DIGITS = 1000;

function described(value: unknown): string {
  if (value === null) return 'null';
  return typeof value === 'number' ? `${value}` : typeof value;
}
