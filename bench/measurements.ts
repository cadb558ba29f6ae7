import { median } from './median.js';
import { progress } from './progress.js';
import type { Sink } from './sink-process.js';

/** Figures by name; the name tells the unit. */
export type Figures = Readonly<Record<string, number>>;

/** A measurement that is no rate per second. */
export interface Measurement {
  readonly title: string;
  readonly candidates: ReadonlyMap<string, (surroundings: MeasurementSurroundings) => Promise<Figures>>;
  /** A requirement that is missing here, so the measurement is left out. */
  readonly missing?: () => string | undefined;
}

export interface MeasurementSurroundings {
  readonly sink: Sink;
  /** Only checks that it runs. */
  readonly smoke: boolean;
}

export type Measured = Readonly<Record<string, Figures>>;

/** Measures in turns, like `compare`; gives medians of the rounds. */
export async function measureInTurns(
  { candidates }: Measurement,
  rounds: number,
  surroundings: MeasurementSurroundings,
): Promise<Measured> {
  const all = new Map<string, Figures[]>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of candidates) {
      progress(`round ${round + 1} of ${rounds}: ${name}`);
      all.set(name, [...(all.get(name) ?? []), await run(surroundings)]);
    }
  }
  progress('');
  return Object.fromEntries([...all].map(([name, figures]) => [name, medians(figures)]));
}

function medians(rounds: readonly Figures[]): Figures {
  const names = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((figures) => figures[name] ?? 0))]));
}

/** @param share from 0 to 1: 95 % of the values do not exceed that of 0.95 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
