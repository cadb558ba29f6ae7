/** One thing html does that clients may not know. */
export type MarkupFact = TagUse | AttributeUse | StyleFact;

/** The same, in a mail. */
export type MarkupUse = MarkupFact & {
  /** Where it stands in the html. */
  readonly offset: number;
  /** It stands where Outlook for Windows does not look: inside `<!--[if !mso]><!-->` or an at-rule with a block. */
  readonly hiddenFromOutlook: boolean;
};

/** What CSS does. */
export type StyleFact = PropertyUse | AtRuleUse | SelectorUse;

export interface TagUse {
  readonly kind: 'tag';
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly inBody: boolean;
}

export interface AttributeUse {
  readonly kind: 'attribute';
  readonly tag: string;
  readonly name: string;
  readonly value: string;
}

/** A CSS declaration. */
export interface PropertyUse {
  readonly kind: 'property';
  /** In lower case, as the value. */
  readonly property: string;
  readonly value: string;
  /** The values that stand before it in the same block, for clients that do not know this one. */
  readonly fallbacks: readonly string[];
  /** The element whose `style` attribute holds it; absent in a style sheet. */
  readonly tag?: string | undefined;
  /** Of that element. */
  readonly classes?: readonly string[] | undefined;
}

export interface AtRuleUse {
  readonly kind: 'at-rule';
  /** `@media (max-width: 600px)` */
  readonly rule: string;
}

/** One selector of a rule. */
export interface SelectorUse {
  readonly kind: 'selector';
  readonly selector: string;
  /** Its rule stands within another. */
  readonly isNested: boolean;
}

/** Whether it is part of a style sheet, not of a tag. */
export function isInSheet(use: MarkupFact): boolean {
  if (use.kind === 'property') return use.tag === undefined;
  return use.kind === 'at-rule' || use.kind === 'selector';
}
