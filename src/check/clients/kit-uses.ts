import { styles } from '../../render/components/styles.js';
import { themeOf } from '../../render/components/theme.js';
import type { MarkupUse } from './markup-use.js';

/** Every class of the component kit. */
const CLASSES: ReadonlySet<string> = new Set(
  [...styles(themeOf()).matchAll(/\.(mail-[\w-]+)/g)].map(([, name = '']) => name),
);
const CLASS = /\.(mail-[\w-]+)/g;

/**
 * What the kit does though not every client does: a reader sees square corners, a card as wide as its table
 * says, a button as large as its cell, the wide page with the light colors. Each is made for.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  'css-max-width',
  'css-width',
  'css-padding',
  'css-margin',
  'css-border-radius',
  'css-opacity',
  'css-overflow',
  'css-table-layout',
  'css-word-break',
  'css-word-wrap',
  'css-overflow-wrap',
  'css-at-media',
  'css-at-media-prefers-color-scheme',
  'css-selector-attribute',
  'html-style',
]);

/** Whether a feature is no gap where the kit alone uses it. */
export function isMadeForByKit(feature: string): boolean {
  return HARMLESS.has(feature);
}

/** What the component kit wrote itself: styles of its elements, and its style sheet with the blocks in it. */
export function kitUses(uses: readonly MarkupUse[]): ReadonlySet<MarkupUse> {
  return new Set(uses.filter((use, index) => isOfKit(use, uses, index)));
}

/** A block is the kit's when its first rule is, and so is a sheet. */
function isOfKit(use: MarkupUse, uses: readonly MarkupUse[], index: number): boolean {
  if (use.kind === 'property') return (use.classes ?? []).some((name) => CLASSES.has(name));
  if (use.kind === 'selector') return namesKit(use.selector);
  const isBlock = use.kind === 'at-rule' || (use.kind === 'tag' && use.tag === 'style');
  const first = isBlock
    ? uses.slice(index + 1, index + NEAR).find(({ kind }) => kind === 'selector')
    : undefined;
  return first?.kind === 'selector' && namesKit(first.selector);
}

/** Uses between a sheet and its first selector: attributes, and the blocks around it. */
const NEAR = 8;

function namesKit(selector: string): boolean {
  return [...selector.matchAll(CLASS)].some(([, name = '']) => CLASSES.has(name));
}
