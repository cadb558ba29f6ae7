/** A small repeatable generator (mulberry32): a failure can be run again. */
export function seeded(seed: number): {
  below(limit: number): number;
  text(alphabet: string, length: number): string;
} {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  const text = (alphabet: string, length: number): string => {
    const letters = Array.from(alphabet);
    return Array.from({ length }, () => letters[below(letters.length)]).join('');
  };
  return { below, text };
}
