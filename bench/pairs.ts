import { median } from './median.js';
import { MeasuringProcess } from './measuring-process.js';
import { progress } from './progress.js';
import { type Settings, type Suite, taskOf } from './rounds.js';

/** How fast a candidate is in this build, compared with the other one: ratios of the rounds, sorted. */
export interface Pair {
  readonly candidate: string;
  readonly ratios: readonly number[];
}

/**
 * Measures our candidates of a suite in two builds by turns, in processes of their own. Which of them comes first changes with
 * the round, so that a machine that becomes slower or faster favours none.
 * @param other the other build's process that measures
 */
export async function comparePairs(
  name: string,
  suite: Suite,
  settings: Settings,
  other: URL,
): Promise<readonly Pair[]> {
  const ours = new Set([...suite.against.values()].flat());
  const pairs: Pair[] = [];
  for (const candidate of [...ours].filter((one) => !suite.long?.has(one) || settings.long)) {
    const task = taskOf(name, suite, candidate, settings);
    const ratios: number[] = [];
    for (let round = 0; round < settings.rounds; round++) {
      progress(`${name}, round ${round + 1} of ${settings.rounds}: ${candidate}`);
      const builds = round % 2 === 0 ? [undefined, other] : [other, undefined];
      const rates = new Map<URL | undefined, number>();
      for (const build of builds) {
        rates.set(build, (await MeasuringProcess.measureAlone(task, build)).perSecond);
      }
      ratios.push((rates.get(undefined) ?? Number.NaN) / (rates.get(other) ?? Number.NaN));
    }
    pairs.push({ candidate, ratios: ratios.toSorted((a, b) => a - b) });
  }
  progress('');
  return pairs;
}

/** One line: the median, and the slowest and the fastest round. */
export function pairText({ candidate, ratios }: Pair): string {
  const [middle, slowest = middle, fastest = middle] = [median(ratios), ratios.at(0), ratios.at(-1)];
  return `  ${candidate}: ${middle.toFixed(2)}x (${slowest.toFixed(2)} to ${fastest.toFixed(2)})`;
}
