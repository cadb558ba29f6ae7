import { styles } from '../../render/kit/styles.js';
import { themeOf } from '../../render/kit/theme.js';
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
  'max-width',
  'padding of anything but a cell',
  'margin: auto',
  'border-radius',
  'opacity',
  '@media',
  '@media (prefers-color-scheme)',
]);

/** Whether a feature is no gap where the kit alone uses it. */
export function isMadeForByKit(feature: string): boolean {
  return HARMLESS.has(feature);
}

/** What the component kit wrote itself: styles of its elements, and the blocks of its style sheet. */
export function kitUses(uses: readonly MarkupUse[]): ReadonlySet<MarkupUse> {
  return new Set(uses.filter((use, index) => isOfKit(use, uses[index + 1])));
}

/** A block is the kit's when its first rule is. */
function isOfKit(use: MarkupUse, next: MarkupUse | undefined): boolean {
  if (use.kind === 'property') return (use.classes ?? []).some((name) => CLASSES.has(name));
  if (use.kind !== 'at-rule' || next?.kind !== 'selector') return false;
  return [...next.selector.matchAll(CLASS)].some(([, name = '']) => CLASSES.has(name));
}
