import { median } from './median.js';
import { progress } from './progress.js';
import type { Sink } from './sink-process.js';

/** Figures by their names, which tell the unit. */
export type Figures = Readonly<Record<string, number>>;

/** What is measured otherwise than by how many it does in a second. */
export interface Measurement {
  readonly title: string;
  readonly candidates: ReadonlyMap<string, (surroundings: MeasurementSurroundings) => Promise<Figures>>;
}

export interface MeasurementSurroundings {
  readonly sink: Sink;
  /** Only that it runs, not what it comes to. */
  readonly smoke: boolean;
}

export type Measured = Readonly<Record<string, Figures>>;

/** In turns, as `compare` does; medians of the rounds. */
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

/** @param share from 0 to 1: 0.95 is what 95 % do not exceed */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
