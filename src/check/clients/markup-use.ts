/** A use of a feature in html. */
export type MarkupFact = TagUse | AttributeUse | StyleFact;

/** A use at its place in a mail. */
export type MarkupUse = MarkupFact & {
  /** Offset in the html. */
  readonly offset: number;
  /** Outlook for Windows skips its place: inside `<!--[if !mso]><!-->`, or in the block of an at-rule. */
  readonly hiddenFromOutlook: boolean;
};

/** A use of a feature in CSS. */
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

export interface PropertyUse {
  readonly kind: 'property';
  /** In lower case, like the value. */
  readonly property: string;
  readonly value: string;
  /** Earlier values of the property in the same block, for clients that do not know this one. */
  readonly fallbacks: readonly string[];
  /** The element whose `style` attribute holds it; absent in a style sheet. */
  readonly tag?: string | undefined;
  /** Classes of that element. */
  readonly classes?: readonly string[] | undefined;
}

export interface AtRuleUse {
  readonly kind: 'at-rule';
  /** For instance `@media (max-width: 600px)`. */
  readonly rule: string;
}

export interface SelectorUse {
  readonly kind: 'selector';
  readonly selector: string;
  /** Nested within another rule. */
  readonly isNested: boolean;
}

/** Whether the use is part of a style sheet, not of a tag. */
export function isInSheet(use: MarkupFact): boolean {
  if (use.kind === 'property') return use.tag === undefined;
  return use.kind === 'at-rule' || use.kind === 'selector';
}
