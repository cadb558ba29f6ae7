import { styles } from '../../render/components/styles.js';
import { themeOf } from '../../render/components/theme.js';
import type { MarkupUse } from './markup-use.js';

const CLASSES: ReadonlySet<string> = new Set(
  [...styles(themeOf()).matchAll(/\.(mail-[\w-]+)/g)].map(([, name = '']) => name),
);
const CLASS = /\.(mail-[\w-]+)/g;

/**
 * Features that the component kit uses although not every client supports them. Without them a reader sees square
 * corners, a card as wide as its table, a button as large as its cell or the wide page in light colors: all intended.
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

/** Whether a feature is no gap if only the kit uses it. */
export function isMadeForByKit(feature: string): boolean {
  return HARMLESS.has(feature);
}

/** The uses that the component kit wrote: styles of its elements, and its style sheet with the blocks in it. */
export function kitUses(uses: readonly MarkupUse[]): ReadonlySet<MarkupUse> {
  return new Set(uses.filter((use, index) => isOfKit(use, uses, index)));
}

/** A block or a sheet belongs to the kit if its first rule does. */
function isOfKit(use: MarkupUse, uses: readonly MarkupUse[], index: number): boolean {
  if (use.kind === 'property') return (use.classes ?? []).some((name) => CLASSES.has(name));
  if (use.kind === 'selector') return namesKit(use.selector);
  const isBlock = use.kind === 'at-rule' || (use.kind === 'tag' && use.tag === 'style');
  const first = isBlock
    ? uses.slice(index + 1, index + NEAR).find(({ kind }) => kind === 'selector')
    : undefined;
  return first?.kind === 'selector' && namesKit(first.selector);
}

/** Most uses between a sheet and its first selector: attributes, and the blocks around it. */
const NEAR = 8;

function namesKit(selector: string): boolean {
  return [...selector.matchAll(CLASS)].some(([, name = '']) => CLASSES.has(name));
}
