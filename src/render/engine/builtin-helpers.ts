import { isDate } from 'node:util/types';
import { TRANSLATE } from './strict-node.js';
import { ADDRESSES, isAddress, isAddressKind } from '../helpers/address.js';
import { ContextFault } from '../faults/context-fault.js';
import { type BuiltinHelper, type TemplateHelper, type TemplateHelperOptions } from '../helpers/helper.js';
import type { RenderData } from './template-engine.js';
import { toDate } from '../format/date-value.js';
import { IntlFormats } from '../format/intl-format.js';
import { decimalOf, toNumeric } from '../format/number-value.js';
import { RelativeClock, relativeUnit } from '../format/relative-time.js';

const LENIENT = { lenient: true } as const;
const STRICT = { lenient: false } as const;

/**
 * The helpers every template may call.
 * @param defaultLocale formats in the place of one that `Intl` does not know
 */
export function builtinHelpers(defaultLocale: string): ReadonlyMap<string, BuiltinHelper> {
  const formats = new IntlFormats(defaultLocale);
  return new Map<string, BuiltinHelper>([...logic(), ...strings(), ...formatting(formats)]);
}

function logic(): ReadonlyArray<readonly [string, BuiltinHelper]> {
  return [
    ['default', { ...LENIENT, min: 2, max: 2, run: orDefault }],
    ['eq', { ...LENIENT, min: 2, max: 2, run: (a: unknown, b: unknown) => a === b }],
    ['ne', { ...LENIENT, min: 2, max: 2, run: (a: unknown, b: unknown) => a !== b }],
    ['gt', { ...LENIENT, min: 2, max: 2, run: (a: unknown, b: unknown) => compare(a, b) > 0 }],
    ['lt', { ...LENIENT, min: 2, max: 2, run: (a: unknown, b: unknown) => compare(a, b) < 0 }],
    ['and', { ...LENIENT, min: 2, max: Infinity, run: and }],
    ['or', { ...LENIENT, min: 2, max: Infinity, run: or }],
    ['not', { ...LENIENT, min: 1, max: 1, run: (value: unknown) => isEmpty(value) }],
  ];
}

function strings(): ReadonlyArray<readonly [string, BuiltinHelper]> {
  return [
    ['url', { ...STRICT, min: 1, max: 2, run: url }],
    ['concat', { ...STRICT, min: 1, max: Infinity, run: concat }],
    [TRANSLATE, { ...STRICT, min: 1, max: 1, run: translate }],
  ];
}

function formatting(formats: IntlFormats): ReadonlyArray<readonly [string, BuiltinHelper]> {
  return [
    ['formatDate', { ...STRICT, min: 1, max: 2, run: formatDate(formats) }],
    ['formatNumber', { ...STRICT, min: 1, max: 1, run: formatNumber(formats) }],
    ['formatCurrency', { ...STRICT, min: 1, max: 2, run: formatCurrency(formats) }],
    ['formatList', { ...STRICT, min: 1, max: 2, run: formatList(formats) }],
    ['formatRelativeTime', { ...STRICT, min: 1, max: 2, run: formatRelativeTime(formats) }],
  ];
}

/** Absent, `null` and the empty string give way; `0` and `false` stay. */
function orDefault(value: unknown, fallback: unknown): unknown {
  return value === undefined || value === null || value === '' ? fallback : value;
}

/** As `#if` sees it: an empty array is empty too. */
function isEmpty(value: unknown): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}

/** The first empty argument, else the last one. */
function and(...args: readonly unknown[]): unknown {
  const values = args.slice(0, -1);
  const firstEmpty = values.findIndex(isEmpty);
  return values.at(firstEmpty);
}

/** The first argument that is not empty, else the last one. */
function or(...args: readonly unknown[]): unknown {
  const values = args.slice(0, -1);
  return values.find((value) => !isEmpty(value)) ?? values.at(-1);
}

/** Numbers, dates, bigints and decimals by size, strings by code unit; anything else is neither greater nor less. */
function compare(a: unknown, b: unknown): number {
  const [left, right] = [orderable(a), orderable(b)];
  if (left === undefined || right === undefined) return 0;
  if ((typeof left === 'string') !== (typeof right === 'string')) return 0;
  return left > right ? 1 : Number(left < right) * -1;
}

function orderable(value: unknown): number | bigint | string | undefined {
  if (isDate(value)) return value.getTime();
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'string') return value;
  const decimal = decimalOf(value);
  return decimal === undefined ? undefined : Number(decimal);
}

/** Lets an absolute URL through as it stands: `{{url link}}`, or `{{url photo "image"}}` for what an image shows. */
function url(value: unknown, ...rest: readonly unknown[]): string {
  const text = value instanceof URL ? value.href : value;
  if (typeof text !== 'string') throw new ContextFault(`url: expected a URL, got ${typeof value}`);
  const { positional: kind = 'link' } = argumentsOf(rest);
  if (!isAddressKind(kind)) throw new ContextFault('url: the second argument may be "link" or "image"');
  if (isAddress(text, kind)) return text;
  throw new ContextFault(`url: expected ${ADDRESSES[kind]}`);
}

function concat(...args: readonly unknown[]): string {
  return args
    .slice(0, -1)
    .map((value) => plainText('concat', value))
    .join('');
}

function plainText(name: string, value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`;
  throw new ContextFault(`${name}: expected text or numbers, got ${typeof value}`);
}

interface TranslateOptions extends TemplateHelperOptions {
  readonly data: TemplateHelperOptions['data'] & Pick<RenderData, 'messages'>;
}

/** `{{t "cart.items" count=n}}`; the namespace of the file it is written in is put there when it is loaded. */
const translate: TemplateHelper = (key: unknown, namespace: string, options: TranslateOptions) => {
  if (typeof key !== 'string') {
    throw new ContextFault(`t: expected the key of a message, got ${key === null ? 'null' : typeof key}`);
  }
  const { messages, locale, timeZone } = options.data;
  return messages.text({ key, namespace }, options.hash, { locale, timeZone });
};

/** `{{formatDate at}}`, `{{formatDate at "long"}}`, `{{formatDate at dateStyle="long" timeStyle="short"}}` */
function formatDate(formats: IntlFormats): TemplateHelper {
  return (value: unknown, ...rest: readonly unknown[]) => {
    if (value === null) return '';
    const { positional: dateStyle, options } = argumentsOf(rest);
    const { locale, timeZone } = options.data;
    const asked: Fields = { ...(dateStyle === undefined ? {} : { dateStyle }), ...options.hash };
    const bare = Object.keys(asked).every((key) => key === 'timeZone');
    const fields: Fields = { timeZone, ...(bare ? { dateStyle: 'medium' } : {}), ...asked };
    return formats.date(locale, fields).format(toDate('formatDate', value, { timeZone, formats }));
  };
}

/** `{{formatNumber ratio style="percent" maximumFractionDigits=1}}` */
function formatNumber(formats: IntlFormats): TemplateHelper {
  return (value: unknown, options: TemplateHelperOptions) =>
    value === null
      ? ''
      : formats.number(options.data.locale, options.hash).format(toNumeric('formatNumber', value));
}

/** `{{formatCurrency total "EUR"}}`, `{{formatCurrency total currency=order.currency}}` */
function formatCurrency(formats: IntlFormats): TemplateHelper {
  return (value: unknown, ...rest: readonly unknown[]) => {
    if (value === null) return '';
    const { positional: currency, options } = argumentsOf(rest);
    const fields: Fields = {
      style: 'currency',
      ...(currency === undefined ? {} : { currency }),
      ...options.hash,
    };
    if (!('currency' in fields)) {
      throw new ContextFault('formatCurrency: name the currency, e.g. {{formatCurrency total "EUR"}}');
    }
    return formats.number(options.data.locale, fields).format(toNumeric('formatCurrency', value));
  };
}

/** `{{formatList names}}`, `{{formatList names "disjunction"}}`, `{{formatList names style="short"}}` */
function formatList(formats: IntlFormats): TemplateHelper {
  return (value: unknown, ...rest: readonly unknown[]) => {
    if (value === null) return '';
    if (!Array.isArray(value)) throw new ContextFault(`formatList: expected an array, got ${typeof value}`);
    const { positional: type, options } = argumentsOf(rest);
    const items = value.map((item: unknown) => plainText('formatList', item));
    const fields: Fields = { ...(type === undefined ? {} : { type }), ...options.hash };
    return formats.list(options.data.locale, fields).format(items);
  };
}

/** `{{formatRelativeTime at}}`, `{{formatRelativeTime at "day"}}`: from the date of the mail. */
function formatRelativeTime(formats: IntlFormats): TemplateHelper {
  return (value: unknown, ...rest: readonly unknown[]) => {
    if (value === null) return '';
    const { positional, options } = argumentsOf(rest);
    const { locale, timeZone, date } = options.data;
    if (!date) throw new ContextFault('formatRelativeTime: the mail has no date to count from');
    const { unit: named, ...fields }: Fields = { numeric: 'auto', ...options.hash };
    const clock = new RelativeClock(formats, timeZone, date);
    const { value: count, unit } = clock.until(
      toDate('formatRelativeTime', value, { timeZone, formats }),
      relativeUnit(positional ?? named),
    );
    return formats.relative(locale, fields).format(count, unit);
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** The optional second argument, and the options Handlebars puts last. */
function argumentsOf(rest: readonly unknown[]): {
  readonly positional: unknown;
  readonly options: TemplateHelperOptions;
} {
  const options = rest.at(-1);
  if (!isHelperOptions(options)) throw new TypeError('a helper was called without its options');
  return { positional: rest.length > 1 ? rest[0] : undefined, options };
}

function isHelperOptions(value: unknown): value is TemplateHelperOptions {
  return typeof value === 'object' && value !== null && 'hash' in value && 'data' in value;
}
