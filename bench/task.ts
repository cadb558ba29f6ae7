import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** One candidate, to be measured in a process of its own. */
export interface Task {
  readonly suite: string;
  readonly candidate: string;
  /** How many it does at a go. */
  readonly batch: number;
  /** Milliseconds before the clock starts, so that the code is compiled (0: it is met cold), and after. */
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Only that it runs, not how fast. */
  readonly smoke: boolean;
  /** Where the SMTP sink listens, for the suites that send. */
  readonly port: number;
}

/** `perSecond`, `cpuMs` of one mail, `peakMiB` of the process; `done` is all it did, to get warm included. */
export interface Figures {
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly done: number;
}

/** What a candidate does, and how its process gets rid of it. */
export interface Work {
  /** Makes ready what `run` with this count needs; not measured. */
  before?(count: number): Promise<unknown>;
  /** Does it `count` times and says how often it succeeded. */
  run(count: number): Promise<number>;
  close?(): Promise<unknown>;
}

export type Prepare = (task: Task) => Promise<Work>;

/** Enough to get warm with, also for what is measured with many more. */
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

/** At least one batch, for at least so long. */
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

/** Measures a task in a fresh process: no candidate runs on what another left compiled or on the heap. */
export async function runTask(task: Task): Promise<Figures> {
  const child = fork(fileURLToPath(new URL('child.js', import.meta.url)), [JSON.stringify(task)], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const answers: unknown[] = [];
  child.on('message', (answer) => answers.push(answer));
  await once(child, 'exit');
  const [figures] = answers;
  if (child.exitCode === 0 && isFigures(figures)) return figures;
  throw new Error(`${task.suite}: ${task.candidate} failed`);
}

function isFigures(value: unknown): value is Figures {
  return typeof value === 'object' && value !== null && 'perSecond' in value && 'done' in value;
}

export function isTask(value: unknown): value is Task {
  return typeof value === 'object' && value !== null && 'suite' in value && 'candidate' in value;
}
