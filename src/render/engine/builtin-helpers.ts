import { isDate } from 'node:util/types';
import { ADDRESSES, isAddress, isAddressKind } from '../helpers/address.js';
import { ContextFault } from '../faults/context-fault.js';
import type { TemplateHelper, TemplateHelperOptions } from '../helpers/helper.js';
import type { TemplateMessages } from '../i18n/template-messages.js';
import { toDate } from '../format/date-value.js';
import { IntlFormats } from '../format/intl-format.js';
import { decimalOf, toNumeric } from '../format/number-value.js';
import { RelativeClock, relativeUnit } from '../format/relative-time.js';
import { type BuiltinName, TRANSLATE } from './helper-facts.js';

/** Calls of `lookup` become calls of a strict helper. */
const RUN: Readonly<Record<Exclude<BuiltinName, 'lookup'>, (formats: IntlFormats) => TemplateHelper>> = {
  default: () => orDefault,
  eq: () => (a: unknown, b: unknown) => a === b,
  ne: () => (a: unknown, b: unknown) => a !== b,
  gt: () => (a: unknown, b: unknown) => compare(a, b) > 0,
  lt: () => (a: unknown, b: unknown) => compare(a, b) < 0,
  and: () => and,
  or: () => or,
  not: () => (value: unknown) => isEmpty(value),
  url: () => url,
  concat: () => concat,
  [TRANSLATE]: () => translate,
  formatDate,
  formatNumber,
  formatCurrency,
  formatList,
  formatRelativeTime,
};

/** Makes the built-in helpers, which format values as `formats` does. */
export function builtinHelpers(formats: IntlFormats): ReadonlyArray<readonly [string, TemplateHelper]> {
  return Object.entries(RUN).map(([name, make]) => [name, make(formats)]);
}

/** Replaces an absent value, `null` and the empty string; keeps `0` and `false`. */
function orDefault(value: unknown, fallback: unknown): unknown {
  return value === undefined || value === null || value === '' ? fallback : value;
}

/** Agrees with `#if`: an empty array counts as empty. */
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

/** Orders numbers, dates, bigints and decimals by size, strings by code unit. Others are neither greater nor less. */
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

/** Returns an absolute URL unchanged: `{{url link}}`, or `{{url photo "image"}}` for the source of an image. */
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
  readonly data: TemplateHelperOptions['data'] & { readonly messages: TemplateMessages };
}

/** `{{t "cart.items" count=n}}`. Loading adds the namespace of the file as the second argument. */
const translate: TemplateHelper = (key: unknown, namespace: string, options: TranslateOptions) => {
  if (typeof key !== 'string') {
    throw new ContextFault(`t: expected the key of a message, got ${key === null ? 'null' : typeof key}`);
  }
  const { messages, locale, timeZone } = options.data;
  return messages.text({ key, namespace }, options.hash, { locale, timeZone });
};

type Format = (value: unknown, second: unknown, options: TemplateHelperOptions) => string;

/** A helper that formats one value and prints nothing for `null`. */
function formatter(format: Format): TemplateHelper {
  return (value: unknown, ...rest: readonly unknown[]) => {
    const { positional, options } = argumentsOf(rest);
    return value === null ? '' : format(value, positional, options);
  };
}

/** `{{formatDate at}}`, `{{formatDate at "long"}}`, `{{formatDate at dateStyle="long" timeStyle="short"}}` */
function formatDate(formats: IntlFormats): TemplateHelper {
  return formatter((value, dateStyle, { data: { locale, timeZone }, hash }) => {
    const given: FormatFields = { ...(dateStyle === undefined ? {} : { dateStyle }), ...hash };
    const isPlain = Object.keys(given).every((key) => key === 'timeZone');
    const fields: FormatFields = { timeZone, ...(isPlain ? { dateStyle: 'medium' } : {}), ...given };
    return formats.date(locale, fields).format(toDate('formatDate', value, { timeZone, formats }));
  });
}

/** `{{formatNumber ratio style="percent" maximumFractionDigits=1}}` */
function formatNumber(formats: IntlFormats): TemplateHelper {
  return formatter((value, _, { data, hash }) =>
    formats.number(data.locale, hash).format(toNumeric('formatNumber', value)),
  );
}

/** `{{formatCurrency total "EUR"}}`, `{{formatCurrency total currency=order.currency}}` */
function formatCurrency(formats: IntlFormats): TemplateHelper {
  return formatter((value, currency, { data, hash }) => {
    const fields: FormatFields = {
      style: 'currency',
      ...(currency === undefined ? {} : { currency }),
      ...hash,
    };
    if (!('currency' in fields)) {
      throw new ContextFault('formatCurrency: name the currency, e.g. {{formatCurrency total "EUR"}}');
    }
    return formats.number(data.locale, fields).format(toNumeric('formatCurrency', value));
  });
}

/** `{{formatList names}}`, `{{formatList names "disjunction"}}`, `{{formatList names style="short"}}` */
function formatList(formats: IntlFormats): TemplateHelper {
  return formatter((value, type, { data, hash }) => {
    if (!Array.isArray(value)) throw new ContextFault(`formatList: expected an array, got ${typeof value}`);
    const items = value.map((item: unknown) => plainText('formatList', item));
    return formats.list(data.locale, { ...(type === undefined ? {} : { type }), ...hash }).format(items);
  });
}

/** `{{formatRelativeTime at}}`, `{{formatRelativeTime at "day"}}`: counts from the date of the mail. */
function formatRelativeTime(formats: IntlFormats): TemplateHelper {
  return formatter((value, second, { data: { locale, timeZone, date }, hash }) => {
    if (!date) throw new ContextFault('formatRelativeTime: the mail has no date to count from');
    const { unit: named, ...fields }: FormatFields = { numeric: 'auto', ...hash };
    const clock = new RelativeClock(formats, timeZone, date);
    const { value: count, unit } = clock.until(
      toDate('formatRelativeTime', value, { timeZone, formats }),
      relativeUnit(second ?? named),
    );
    return formats.relative(locale, fields).format(count, unit);
  });
}

type FormatFields = Readonly<Record<string, unknown>>;

/** The optional second argument, and the options that Handlebars adds last. */
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
