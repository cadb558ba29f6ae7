/** Runs work `count` times, `width` at once; resolves with the number of successes. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      await work(next++);
      done++;
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, lane));
  return done;
}
