/** How a helper uses an argument; decides which types fit. */
export type ArgumentUse = 'print' | 'print-items' | 'any-field' | 'date' | 'number' | 'url';

/** Everything about the calls of a built-in helper that is known before they run. */
export interface HelperFacts {
  /** Positional arguments, checked when the template is loaded. */
  readonly min: number;
  readonly max: number;
  /** A missing argument is `undefined` and no fault. */
  readonly lenient?: true;
  /** Absent where the result may be anything. Text needs no check before it is printed. */
  readonly returns?: 'text' | 'argument';
  readonly first?: ArgumentUse;
  /** The use of every argument after the first. */
  readonly others?: ArgumentUse;
}

const COMPARISON = { min: 2, max: 2, lenient: true } as const;
const CHOICE = { ...COMPARISON, returns: 'argument' } as const;
const FORMAT = { min: 1, max: 2, returns: 'text' } as const;

/** The built-in helper that prints messages. */
export const TRANSLATE = 't';

const FACTS = {
  default: CHOICE,
  eq: COMPARISON,
  ne: COMPARISON,
  gt: COMPARISON,
  lt: COMPARISON,
  and: { ...CHOICE, max: Infinity },
  or: { ...CHOICE, max: Infinity },
  not: { min: 1, max: 1, lenient: true },
  url: { min: 1, max: 2, returns: 'text', first: 'url' },
  concat: { min: 1, max: Infinity, returns: 'text', first: 'print', others: 'print' },
  [TRANSLATE]: { min: 1, max: 1, returns: 'text' },
  formatDate: { ...FORMAT, first: 'date' },
  formatNumber: { ...FORMAT, max: 1, first: 'number' },
  formatCurrency: { ...FORMAT, first: 'number' },
  formatList: { ...FORMAT, first: 'print-items' },
  formatRelativeTime: { ...FORMAT, first: 'date' },
  lookup: { min: 2, max: 2, first: 'any-field' },
} as const satisfies Readonly<Record<string, HelperFacts>>;

export type BuiltinName = keyof typeof FACTS;

/** The helpers every template may call, by name. */
export const BUILTIN_HELPERS: ReadonlyMap<string, HelperFacts> = new Map(Object.entries(FACTS));
