/** One candidate to measure. */
export interface Task {
  readonly suite: string;
  readonly candidate: string;
  /** Mails of one batch. */
  readonly batch: number;
  /** Milliseconds before the clock starts, for warm code (0 starts cold), and after it. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Only checks that it runs. */
  readonly smoke: boolean;
  /** Port of the SMTP sink, for suites that send. */
  readonly port: number;
}

/** `perSecond`, `cpuMs` of one mail, `peakMiB` of the process; `done` counts all mails, the warm-up included. */
export interface Figures {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly done: number;
}

/** The work of a candidate, and its clean-up. */
export interface Work {
  /** Prepares `run` with this count; not measured. */
  before?(count: number): Promise<unknown>;
  /** Does the work `count` times and returns the number of successes. */
  run(count: number): Promise<number>;
  close?(): Promise<unknown>;
}

export type Prepare = (task: Task) => Promise<Work>;

/** Enough for a warm-up, even if the measurement takes many more. */
const WARM_UP_BATCH = 500;

export async function measure(work: Work, { batch, warmUpMs, measureMs }: Task): Promise<Figures> {
  const before = warmUpMs > 0 ? (await repeat(work, Math.min(batch, WARM_UP_BATCH), warmUpMs)).count : 0;
  const { count, ms, cpuMs } = await repeat(work, batch, measureMs);
  return {
    perSecond: (count / ms) * 1000,
    cpuMs: cpuMs / count,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    done: before + count,
  };
}

interface Spent {
  readonly count: number;
  readonly ms: number;
  readonly cpuMs: number;
}

/** Runs at least one batch, and at least this long. */
async function repeat(work: Work, batch: number, leastMs: number): Promise<Spent> {
  let spent: Spent = { count: 0, ms: 0, cpuMs: 0 };
  do {
    await work.before?.(batch);
    spent = added(spent, await runOnce(work, batch));
  } while (spent.ms < leastMs);
  return spent;
}

async function runOnce(work: Work, batch: number): Promise<Spent> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const done = await work.run(batch);
  const ms = performance.now() - started;
  if (done !== batch) throw new Error(`did ${done} of ${batch}`);
  const { user, system } = process.cpuUsage(cpu);
  return { count: batch, ms, cpuMs: (user + system) / 1000 };
}

function added(a: Spent, b: Spent): Spent {
  return { count: a.count + b.count, ms: a.ms + b.ms, cpuMs: a.cpuMs + b.cpuMs };
}

export function isFigures(value: unknown): value is Figures {
  return typeof value === 'object' && value !== null && 'perSecond' in value && 'done' in value;
}

export function isTask(value: unknown): value is Task {
  return typeof value === 'object' && value !== null && 'suite' in value && 'candidate' in value;
}
