/** Longer words are not typing errors, and comparing them would cost. */
const LONGEST = 64;

/** A beginning of fewer letters is one of too many words. */
const SHORTEST = 3;

/**
 * The candidate that `word` was most likely meant to be, for a did-you-mean. Letter case is ignored. One letter
 * amiss comes first; then one word that begins with the other, as `MAIL_USER` does `MAIL_USERNAME`; then the nearest.
 * Undefined when none is near: more than a third of the letters would have to change.
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

/** A distance; that of any beginning is under that of all others, save one letter. */
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

/** `Did you mean "x"?` for a name that is known to be meant. */
export function meant(name: string): string {
  return `Did you mean ${JSON.stringify(name)}?`;
}

/** `Did you mean "x"?` for a word that is near to a candidate. */
export function guess(word: string, candidates: Iterable<string>): string | undefined {
  const near = closest(word, candidates);
  return near === undefined ? undefined : meant(near);
}

/** `. Did you mean "x"?` to end a sentence with, or nothing. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const question = guess(word, candidates);
  return question === undefined ? '' : `. ${question}`;
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
