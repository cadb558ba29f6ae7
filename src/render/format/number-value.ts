import { ContextFault } from '../faults/context-fault.js';

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
