import type { PluralCases } from './icu-message.js';

/** A plural category that a message has no case for, though its language has a form of its own for it. */
export interface MissingCase {
  readonly category: string;
  /** A count that needs it. */
  readonly count: number;
}

/** Counts in mails; what only fractions or millions need would be asked for in vain. */
const COUNTS: readonly number[] = Array.from({ length: 1000 }, (_, count) => count);

/** The categories (CLDR) that counts from 0 to 999 need in a language, and that fall to `other`. */
export function missingCases({ type, offset, cases }: PluralCases, locale: string): readonly MissingCase[] {
  const rules = new Intl.PluralRules(locale, { type });
  const given = new Set(cases);
  const missing = new Map<string, number>();
  for (const count of COUNTS) {
    const category = rules.select(count - offset);
    if (given.has(`=${count}`) || given.has(category) || missing.has(category)) continue;
    missing.set(category, count);
  }
  return [...missing].map(([category, count]) => ({ category, count }));
}
