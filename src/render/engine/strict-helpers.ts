import { TRANSLATE } from './translate-helper.js';

/** Our own helpers the strict tree calls; users cannot name them. */
export const STRICT_HELPERS = {
  /** (base, site) → a value to print */
  print: '$print',
  /** (base, site) → a value to pass on, or nothing where the site is lenient */
  value: '$value',
  /** (site) → the same for `@` paths */
  data: '$data',
  printData: '$printData',
  /** (base, site) → the preheader */
  preheader: '$preheader',
  /** (value, site) → what a helper returned, if it can be printed */
  shown: '$shown',
  /** (object, key, site) */
  lookup: '$lookup',
  /** (name, site) → the name of a known partial */
  partial: '$partial',
  /** () → never: what is printed here was not foreseen when styles were inlined */
  unforeseen: '$unforeseen',
} as const;

/** Built-in helpers that always return text. */
export const SELF_PRINTING: ReadonlySet<string> = new Set([
  'url',
  'concat',
  'formatDate',
  'formatNumber',
  'formatCurrency',
  'formatList',
  'formatRelativeTime',
  TRANSLATE,
]);
