/** Longer words are no typing errors, and comparing them would cost. */
const LONGEST = 64;

/** A shorter beginning would fit too many words. */
const SHORTEST = 3;

/**
 * The candidate that `word` most likely stands for, for a did-you-mean. Ignores letter case. A slip of one letter
 * comes first; then a word that begins with the other, as `MAIL_USER` does `MAIL_USERNAME`; then the nearest.
 * Undefined if none is near: more than a third of the letters would have to change.
 */
export function closest<T extends string>(word: string, candidates: Iterable<T>): T | undefined {
  if (word.length > LONGEST) return undefined;
  const least = Math.max(1, Math.floor(word.length / 3));
  let best: T | undefined;
  let bestRank = Infinity;
  for (const candidate of candidates) {
    const rank = rankOf(word.toLowerCase(), candidate.toLowerCase(), least);
    if (rank < bestRank) [best, bestRank] = [candidate, rank];
  }
  return best;
}

/** A distance; any shared beginning is nearer than all others but a slip of one letter. */
function rankOf(word: string, candidate: string, least: number): number {
  const distance = editDistance(word, candidate);
  if (distance <= 1) return distance;
  if (isBeginning(word, candidate)) return 2 - 1 / distance;
  return distance <= least ? distance : Infinity;
}

function isBeginning(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= SHORTEST && long.startsWith(short);
}

/** `Did you mean "x"?` for a known name. */
export function meant(name: string): string {
  return `Did you mean ${JSON.stringify(name)}?`;
}

/** `Did you mean "x"?` for a word that is near a candidate. */
export function guess(word: string, candidates: Iterable<string>): string | undefined {
  const near = closest(word, candidates);
  return near === undefined ? undefined : meant(near);
}

/** `. Did you mean "x"?` to end a sentence with, or an empty string. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const question = guess(word, candidates);
  return question === undefined ? '' : `. ${question}`;
}

/** Whether one slip separates the words: a letter more, less, changed or swapped. Ignores letter case. */
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
