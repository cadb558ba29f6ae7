import { type Figures, type Prepare, runTask } from './task.js';

export interface Suite {
  readonly title: string;
  /** What is measured, by name. */
  readonly candidates: ReadonlyMap<string, Prepare>;
  /** Which of ours each peer is compared with: peer → ours. */
  readonly against: ReadonlyMap<string, readonly string[]>;
  /** How many are done at a go. */
  readonly batch: number;
}

export interface Settings {
  readonly rounds: number;
  /** Everything once with few mails: that it runs, not how fast. */
  readonly smoke: boolean;
  readonly port: number;
}

/** One line of a result; `ratio` is ours to the peer, the median of the rounds' own ratios. */
export interface Row {
  readonly candidate: string;
  readonly perSecond: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
  readonly ratios: ReadonlyArray<{ readonly ours: string; readonly ratio: number }>;
}

const SMOKE = { batch: 20, warmUpMs: 0, measureMs: 0 };
const WARM_UP_MS = 800;
const MEASURE_MS = 1_500;

/** Interleaves the candidates round by round, so that what else the machine does meets all of them. */
export async function compare(name: string, suite: Suite, settings: Settings): Promise<readonly Row[]> {
  const { rounds, smoke, port } = settings;
  const size = smoke ? SMOKE : { batch: suite.batch, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS };
  const results = new Map<string, Figures[]>();
  for (let round = 0; round < rounds; round++) {
    for (const candidate of suite.candidates.keys()) {
      const figures = await runTask({ suite: name, candidate, port, ...size });
      results.set(candidate, [...(results.get(candidate) ?? []), figures]);
    }
  }
  return [...results.keys()].map((candidate) => row(candidate, suite, results));
}

function row(candidate: string, { against }: Suite, results: ReadonlyMap<string, readonly Figures[]>): Row {
  const own = results.get(candidate) ?? [];
  const ratios = (against.get(candidate) ?? []).map((ours) => {
    const theirs = results.get(ours) ?? [];
    const perRound = own.map(({ perSecond }, round) => (theirs[round]?.perSecond ?? 0) / perSecond);
    return { ours, ratio: median(perRound) };
  });
  const middle = (pick: (figures: Figures) => number): number => median(own.map(pick));
  return {
    candidate,
    perSecond: middle((figures) => figures.perSecond),
    cpuMs: middle((figures) => figures.cpuMs),
    peakMiB: middle((figures) => figures.peakMiB),
    ratios,
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
