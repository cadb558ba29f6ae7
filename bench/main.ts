import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { otherBuild } from './other-build.js';
import { comparePairs, type Pair, pairText } from './pairs.js';
import { profileSend, profileTable } from './profile.js';
import type { Parts } from './profile-parts.js';
import { compare, type Row } from './rounds.js';
import { type Measured, measureInTurns } from './measurements.js';
import { startSink } from './sink-process.js';
import { MEASUREMENTS, SUITES } from './suites.js';
import { figuresTable, table } from './table.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    long: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
    against: { type: 'string' },
  },
});
const PROFILE = 'profile';
const known = [...SUITES.keys(), ...MEASUREMENTS.keys(), PROFILE];
/** Matches a name or its beginning: `queue` selects all of `queue-…`. */
const isCalled = (name: string, by: string): boolean => name === by || name.startsWith(`${by}-`);
const unknown = positionals.find((given) => !known.some((name) => isCalled(name, given)));
if (unknown !== undefined) throw new RangeError(`no suite ${unknown}: ${known.join(', ')}`);
const isWanted = (name: string): boolean =>
  positionals.length === 0 || positionals.some((given) => isCalled(name, given));

const { smoke, json, long } = values;
const rounds = smoke ? 1 : Number(values.rounds);
const machine = `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? ''}`;
const results: Record<string, readonly Row[]> = {};
const measured: Record<string, Measured> = {};
const pairs: Record<string, readonly Pair[]> = {};
let profile: Parts | undefined;
const say = (text: string): void => {
  if (!json) console.log(text);
};
const compared = values.against === undefined ? 'medians' : `this build against ${values.against}`;
say(`${machine}; ${rounds} rounds, ${compared}. Read the ratios.\n`);

const sink = await startSink();
const other = values.against === undefined ? undefined : await otherBuild(values.against);
try {
  for (const [name, load] of SUITES) {
    if (!isWanted(name)) continue;
    const suite = await load();
    if (other) {
      pairs[name] = await comparePairs(name, suite, { rounds, smoke, long, sink }, other.child);
      say(`${suite.title}\n${pairs[name].map(pairText).join('\n')}\n`);
      continue;
    }
    const leftOut = long || smoke ? [] : [...(suite.long ?? [])];
    if (leftOut.length > 0) console.error(`takes minutes, add --long: ${leftOut.join('; ')}`);
    results[name] = await compare(name, suite, { rounds, smoke, long, sink });
    say(`${table(suite.title, results[name])}\n`);
  }
  for (const [name, load] of MEASUREMENTS) {
    if (!isWanted(name) || other) continue;
    const measurement = await load();
    const missing = measurement.missing?.();
    if (missing !== undefined) {
      console.error(`${name} is left out: ${missing}`);
      continue;
    }
    measured[name] = await measureInTurns(measurement, rounds, { sink, smoke });
    say(`${figuresTable(measurement.title, measured[name])}\n`);
  }
  if (isWanted(PROFILE) && !other) {
    profile = await profileSend(sink.port, smoke);
    say(profileTable(profile));
  }
} finally {
  await other?.remove();
  await sink.stop();
}
if (json)
  console.log(JSON.stringify({ machine, rounds, smoke, results, measured, profile, pairs }, undefined, 2));
