import { median } from './median.js';
import { progress } from './progress.js';
import type { Sink } from './sink-process.js';
import { type Figures, type Prepare, runTask } from './task.js';

export interface Suite {
  readonly title: string;
  /** What is measured, by name. */
  readonly candidates: ReadonlyMap<string, Prepare>;
  /** Which of ours each peer is compared with: peer → ours. */
  readonly against: ReadonlyMap<string, readonly string[]>;
  /** How many a candidate does at a go. */
  batch(candidate: string): number;
  /** Each round meets the code cold and is one go: what is done once in a process's life. */
  readonly cold?: boolean;
  /** Candidates that take minutes, and are left out unless they are asked for. */
  readonly long?: ReadonlySet<string>;
  /** What it needs and is not here: it is left out then. */
  readonly missing?: () => string | undefined;
  /** Every mail goes to the sink, which has to have taken as many as the candidate says it sent. */
  readonly sends?: boolean;
}

export interface Settings {
  readonly rounds: number;
  /** Everything once with few mails: that it runs, not how fast. */
  readonly smoke: boolean;
  /** Also what takes minutes. */
  readonly long: boolean;
  readonly sink: Sink;
}

/**
 * One line of a result; `ratio` is ours to the peer, the median of the rounds' own ratios. `sinkCpuMs` is
 * what the sink spent on a mail: where it comes near `cpuMs`, the sink is what was measured.
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
/** The whole way of a mail is a lot of code: after one second V8 has not yet compiled half of it. */
const WARM_UP_MS = 3_000;
const MEASURE_MS = 1_500;

type Round = Figures & { readonly sinkCpuMs: number | undefined };

/** Interleaves the candidates round by round, so that what else the machine does meets all of them. */
export async function compare(name: string, suite: Suite, settings: Settings): Promise<readonly Row[]> {
  const results = new Map<string, Round[]>();
  for (let round = 0; round < settings.rounds; round++) {
    for (const candidate of suite.candidates.keys()) {
      if (suite.long?.has(candidate) && !settings.long) continue;
      progress(`${name}, round ${round + 1} of ${settings.rounds}: ${candidate}`);
      const figures = await runRound(name, suite, candidate, settings);
      results.set(candidate, [...(results.get(candidate) ?? []), figures]);
    }
  }
  progress('');
  return [...results.keys()].map((candidate) => row(candidate, suite, results));
}

async function runRound(
  name: string,
  suite: Suite,
  candidate: string,
  { smoke, sink }: Settings,
): Promise<Round> {
  const once = smoke || suite.cold;
  const batch = suite.batch(candidate);
  await sink.take();
  const figures = await runTask({
    suite: name,
    candidate,
    port: sink.port,
    smoke,
    batch: smoke ? Math.min(batch, SMOKE_BATCH) : batch,
    warmUpMs: once ? 0 : WARM_UP_MS,
    measureMs: once ? 0 : MEASURE_MS,
  });
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
