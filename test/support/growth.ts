/** Runs a measurement counts of. */
const SAMPLES = 5;
/** A sample of the smaller size takes so long at least, in ms of the processor: less is noise. */
const SHORTEST = 1;
const MOST_RUNS = 200;
/** Others that use the machine make a measurement worse, never better. */
const ATTEMPTS = 3;

export interface Growth {
  /** The two largest sizes that are accepted, or such as tell a square from a line. */
  readonly sizes: readonly [small: number, large: number];
  readonly make: (size: number) => unknown;
  readonly run: (value: never) => unknown;
}

/** By what power of the size the work grows: 1 for linear, 2 for quadratic. In time of the processor, not of a clock. */
export async function exponentOf({ sizes: [small, large], make, run }: Growth): Promise<number> {
  const work = async (value: unknown): Promise<void> => void (await run(value as never));
  const [less, more] = [make(small), make(large)];
  const runs = await warmedUp(() => work(less));
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least >= LIMIT; attempt += 1) {
    const times: [number[], number[]] = [[], []];
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      times[0].push(await cpuOf(runs, () => work(less)));
      times[1].push(await cpuOf(runs, () => work(more)));
    }
    least = Math.min(least, Math.log(median(times[1]) / median(times[0])) / Math.log(large / small));
  }
  return least;
}

/** A faster growth is not linear. */
export const LIMIT = 1.3;

/** How many runs a sample takes. */
async function warmedUp(run: () => Promise<void>): Promise<number> {
  let spent = 0;
  let runs = 0;
  while (spent < 2 * SHORTEST && runs < 2 * MOST_RUNS) {
    spent += await cpuOf(1, run);
    runs += 1;
  }
  return Math.max(1, Math.ceil(runs / 2));
}

/** Milliseconds of the processor. */
async function cpuOf(runs: number, run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  for (let done = 0; done < runs; done += 1) await run();
  const { user, system } = process.cpuUsage(before);
  return Math.max((user + system) / 1000, 0.001);
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[SAMPLES >> 1] ?? 0;
}

/** A text of that many letters, made of one over and over. */
export const repeated = (text: string) => (size: number) =>
  text.repeat(Math.ceil(size / text.length)).slice(0, size);

/** Lets what is refused in words pass; everything else, such as a stack that overflows, is a fault. */
export async function refusable(run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    if (!['MailError', 'HttpException', 'SlowPath'].includes(name)) throw error;
  }
}
