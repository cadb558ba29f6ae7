import type { Mark } from './flat-page.js';

/** A mark in the middle or at the end of a block. */
export interface LaterMark {
  readonly mark: Mark;
  readonly index: number;
  /** Of the mark the block opens with. */
  readonly opened: number;
}

/** The marks that belong to others before them, in their order. */
export function laterMarks(marks: readonly Mark[]): readonly LaterMark[] {
  const open: number[] = [];
  const later: LaterMark[] = [];
  for (const [index, mark] of marks.entries()) {
    if (mark.role === 'open') open.push(index);
    if (mark.role !== 'else' && mark.role !== 'close') continue;
    later.push({ mark, index, opened: open.at(-1) ?? index });
    if (mark.role === 'close') open.pop();
  }
  return later;
}
