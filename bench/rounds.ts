import { median } from './median.js';
import { MeasuringProcess } from './measuring-process.js';
import { progress } from './progress.js';
import type { Sink } from './sink-process.js';
import type { Figures, Prepare, Task } from './task.js';

export interface Suite {
  readonly title: string;
  /** The candidates by name. */
  readonly candidates: ReadonlyMap<string, Prepare>;
  /** The candidate of ours that each peer is compared with: peer → ours. */
  readonly against: ReadonlyMap<string, readonly string[]>;
  /** Mails of one batch. */
  batch(candidate: string): number;
  /** Each round starts with cold code and is one batch: for work that a process does once. */
  readonly cold?: boolean;
  /** Candidates that take minutes; left out unless requested. */
  readonly long?: ReadonlySet<string>;
  /** Every mail goes to the sink, whose count must match the candidate's. */
  readonly sends?: boolean;
}

export interface Settings {
  readonly rounds: number;
  /** Runs everything once with few mails: checks that it runs, not how fast. */
  readonly smoke: boolean;
  /** Includes candidates that take minutes. */
  readonly long: boolean;
  readonly sink: Sink;
}

/**
 * One line of a result; `ratio` compares ours with the peer, as the median of the rounds' own ratios. `sinkCpuMs` is
 * the sink's CPU time per mail: if it comes near `cpuMs`, the sink was measured.
 */
export interface Row {
  readonly candidate: string;
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly sinkCpuMs: number | undefined;
  readonly ratios: ReadonlyArray<{ readonly ours: string; readonly ratio: number }>;
}

const SMOKE_BATCH = 20;
/** A mail passes through much code: after one second V8 has compiled less than half of it. */
const WARM_UP_MS = 3_000;
const MEASURE_MS = 1_500;

type Round = Figures & { readonly sinkCpuMs: number | undefined };

/** Interleaves the candidates round by round, so that other load on the machine affects all of them. */
export async function compare(name: string, suite: Suite, settings: Settings): Promise<readonly Row[]> {
  const results = new Map<string, Round[]>();
  // A start takes longer than the few mails of a smoke.
  const shared = settings.smoke ? new MeasuringProcess() : undefined;
  for (let round = 0; round < settings.rounds; round++) {
    for (const candidate of suite.candidates.keys()) {
      if (suite.long?.has(candidate) && !settings.long) continue;
      progress(`${name}, round ${round + 1} of ${settings.rounds}: ${candidate}`);
      const figures = await runRound({ name, suite, candidate, settings, shared });
      results.set(candidate, [...(results.get(candidate) ?? []), figures]);
    }
  }
  await shared?.end();
  progress('');
  return [...results.keys()].map((candidate) => row(candidate, suite, results));
}

interface Turn {
  readonly name: string;
  readonly suite: Suite;
  readonly candidate: string;
  readonly settings: Settings;
  /** Measures all candidates; without it each has a process of its own. */
  readonly shared: MeasuringProcess | undefined;
}

export function taskOf(name: string, suite: Suite, candidate: string, { smoke, sink }: Settings): Task {
  const once = smoke || suite.cold;
  const batch = suite.batch(candidate);
  return {
    suite: name,
    candidate,
    port: sink.port,
    smoke,
    batch: smoke ? Math.min(batch, SMOKE_BATCH) : batch,
    warmUpMs: once ? 0 : WARM_UP_MS,
    measureMs: once ? 0 : MEASURE_MS,
  };
}

async function runRound({ name, suite, candidate, settings, shared }: Turn): Promise<Round> {
  const { sink } = settings;
  await sink.take();
  const task = taskOf(name, suite, candidate, settings);
  const figures = await (shared?.measure(task) ?? MeasuringProcess.measureAlone(task));
  const { mails, cpuMs } = await sink.take();
  if (suite.sends && mails !== figures.done) {
    throw new Error(`${candidate} says it sent ${figures.done} mails, the sink took ${mails}`);
  }
  return { ...figures, sinkCpuMs: suite.sends ? cpuMs / mails : undefined };
}

function row(candidate: string, { against }: Suite, results: ReadonlyMap<string, readonly Round[]>): Row {
  const own = results.get(candidate) ?? [];
  const measured = (against.get(candidate) ?? []).filter((ours) => results.has(ours));
  const ratios = measured.map((ours) => {
    const theirs = results.get(ours) ?? [];
    const perRound = own.map(({ perSecond }, round) => (theirs[round]?.perSecond ?? 0) / perSecond);
    return { ours, ratio: median(perRound) };
  });
  const middle = (pick: (round: Round) => number): number => median(own.map(pick));
  const ofSink = own.flatMap(({ sinkCpuMs }) => (sinkCpuMs === undefined ? [] : [sinkCpuMs]));
  return {
    candidate,
    perSecond: middle((figures) => figures.perSecond),
    cpuMs: middle((figures) => figures.cpuMs),
    peakMiB: middle((figures) => figures.peakMiB),
    sinkCpuMs: ofSink.length > 0 ? median(ofSink) : undefined,
    ratios,
  };
}
