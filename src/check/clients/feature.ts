import type { MarkupFact, PropertyUse, TagUse } from './markup-use.js';

/** Something html may do that not every client shows. */
export interface Feature {
  readonly name: string;
  /** Its name in the data. */
  readonly slug: string;
  readonly isIn: IsIn;
  /** What a reader sees where it is missing, or what to do about it. */
  readonly advice: string;
  /** Notes of the data that leave out a part of it. A program with such notes shows all the rest of it. */
  readonly limits?: readonly Limit[];
  /** It is no gap where a value that every program knows stands before it in its block. */
  readonly hasFallback?: boolean;
  /** The mail looks broken, or lacks something, where it is missing. */
  readonly breaks?: boolean;
}

export interface Limit {
  readonly note: RegExp;
  /** Whether a use of the feature is of the part that is left out. */
  readonly isIn: IsIn;
}

export type IsIn = (use: MarkupFact) => boolean;

/** A feature within a list of its kind. */
export type FeatureOf = Omit<Feature, 'name' | 'slug' | 'isIn' | 'advice'>;

export const never: IsIn = () => false;

/** For a feature that is nothing but what the notes leave out. */
export const ALL_OF_IT: Limit = { note: /^/, isIn: () => true };

/** A declaration of one of the properties, `a|b`, with such a value. */
export function property(
  names: string,
  value: RegExp = /./,
  isOf: (use: PropertyUse) => boolean = yes,
): IsIn {
  const name = new RegExp(`^(?:${names})$`);
  return (use) => use.kind === 'property' && name.test(use.property) && value.test(use.value) && isOf(use);
}

/** A declaration in the `style` attribute of such a tag: what a style sheet is for is not known. */
export function styled(names: string, isOf: (tag: string) => boolean, value?: RegExp): IsIn {
  return property(names, value, ({ tag }) => tag !== undefined && isOf(tag));
}

/** A value, of any property. */
export function value(pattern: RegExp): IsIn {
  return (use) => use.kind === 'property' && pattern.test(use.value);
}

export function atRule(rule: RegExp): IsIn {
  return (use) => use.kind === 'at-rule' && rule.test(use.rule);
}

/** A selector, without what stands in its brackets. */
export function selector(pattern: RegExp): IsIn {
  return (use) => use.kind === 'selector' && pattern.test(use.selector.replaceAll(/\[[^\]]*\]/g, '[]'));
}

export function tag(names: string, isOf: (use: TagUse) => boolean = yes): IsIn {
  const known = new Set(names.split('|'));
  return (use) => use.kind === 'tag' && known.has(use.tag) && isOf(use);
}

/** An attribute of one of the names, of one of the tags or of any. */
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
