import type { MarkupFact, PropertyUse, TagUse } from './markup-use.js';

/** A feature of html or CSS that some clients do not show. */
export interface Feature {
  readonly name: string;
  /** Its name in the data. */
  readonly slug: string;
  readonly isIn: IsIn;
  /** What a reader sees without it, or what to write instead. */
  readonly advice: string;
  /** Notes of the data that exclude a part of the feature. A program with such a note supports the rest. */
  readonly limits?: readonly Limit[];
  /** No gap if an earlier value in the same block is one that every program knows. */
  readonly hasFallback?: boolean;
  /** Without it the mail looks broken or lacks something. */
  readonly breaks?: boolean;
}

export interface Limit {
  readonly note: RegExp;
  /** Whether a use of the feature falls into the excluded part. */
  readonly isIn: IsIn;
}

export type IsIn = (use: MarkupFact) => boolean;

/** Optional fields of a feature, for tables of features that share the others. */
export type FeatureOf = Omit<Feature, 'name' | 'slug' | 'isIn' | 'advice'>;

export const never: IsIn = () => false;

/** For a feature that consists of nothing but the excluded part. */
export const ALL_OF_IT: Limit = { note: /^/, isIn: () => true };

/** Matches a declaration of one of the properties `a|b` with such a value. */
export function property(
  names: string,
  value: RegExp = /./,
  isOf: (use: PropertyUse) => boolean = yes,
): IsIn {
  const name = new RegExp(`^(?:${names})$`);
  return (use) => use.kind === 'property' && name.test(use.property) && value.test(use.value) && isOf(use);
}

/** Matches a declaration in the `style` attribute of such a tag: a style sheet does not tell its elements. */
export function styled(names: string, isOf: (tag: string) => boolean, value?: RegExp): IsIn {
  return property(names, value, ({ tag }) => tag !== undefined && isOf(tag));
}

/** Matches a value of any property. */
export function value(pattern: RegExp): IsIn {
  return (use) => use.kind === 'property' && pattern.test(use.value);
}

export function atRule(rule: RegExp): IsIn {
  return (use) => use.kind === 'at-rule' && rule.test(use.rule);
}

/** Matches a selector without the content of its brackets. */
export function selector(pattern: RegExp): IsIn {
  return (use) => use.kind === 'selector' && pattern.test(use.selector.replaceAll(/\[[^\]]*\]/g, '[]'));
}

export function tag(names: string, isOf: (use: TagUse) => boolean = yes): IsIn {
  const known = new Set(names.split('|'));
  return (use) => use.kind === 'tag' && known.has(use.tag) && isOf(use);
}

/** Matches an attribute by its names, and by its tags if any are given. */
export function attribute(names: string, value: RegExp = /^/, tags?: string): IsIn {
  const [known, on] = [new Set(names.split('|')), tags?.split('|')];
  return (use) =>
    use.kind === 'attribute' &&
    known.has(use.name) &&
    value.test(use.value) &&
    (on === undefined || on.includes(use.tag));
}

function yes(): boolean {
  return true;
}
