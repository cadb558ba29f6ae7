/** Longer words are not typing errors, and comparing them would cost. */
const LONGEST = 64;

/**
 * The candidate that `word` was most likely meant to be, for a did-you-mean. Letter case is ignored.
 * Undefined when none is near: more than a third of the letters would have to change.
 */
export function closest<T extends string>(word: string, candidates: Iterable<T>): T | undefined {
  if (word.length > LONGEST) return undefined;
  let best: T | undefined;
  let least = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** `. Did you mean "x"?` to end a sentence with, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const near = closest(word, candidates);
  return near === undefined ? '' : `. Did you mean "${near}"?`;
}

/** Whether a slip of one key makes one word of the other: a letter more, less, other or swapped. Letter case is ignored. */
export function isOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || Math.max(a.length, b.length) > LONGEST) return false;
  return editDistance(a.toLowerCase(), b.toLowerCase()) <= 1;
}

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        at(above, j) + 1,
        at(row, j - 1) + 1,
        at(above, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
        swapped ? at(before, j - 2) + 1 : Infinity,
      );
    }
    [before, above] = [above, row];
  }
  return at(above, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
