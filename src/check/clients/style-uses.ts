import type { StyleFact } from './markup-use.js';
import { type StyleItem, styleTree } from './style-tree.js';

/** What a style sheet, or the value of a `style` attribute, does. */
export type StyleUse = StyleFact & {
  /** In the sheet. */
  readonly offset: number;
  /** Within the block of an at-rule. */
  readonly nested: boolean;
};

export function styleUses(css: string): readonly StyleUse[] {
  return usesOf(styleTree(css), false);
}

function usesOf(items: readonly StyleItem[], nested: boolean): readonly StyleUse[] {
  return items.flatMap((item): readonly StyleUse[] => {
    const { offset } = item;
    if (item.kind === 'declaration') return [{ ...item.use, offset, nested }];
    if (item.kind === 'at-rule') return [{ ...item.use, offset, nested }, ...usesOf(item.items ?? [], true)];
    const selectors = item.selectors.map((use) => ({ ...use, offset, nested }));
    return [...selectors, ...usesOf(item.items, nested)];
  });
}
