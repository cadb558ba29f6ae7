import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { compare, type Row } from './rounds.js';
import { startSink } from './sink-process.js';
import { SUITES } from './suites.js';
import { table } from './table.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    json: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '5' },
  },
});
const unknown = positionals.find((name) => !SUITES.has(name));
if (unknown !== undefined) throw new RangeError(`no suite ${unknown}: ${[...SUITES.keys()].join(', ')}`);

const { smoke, json } = values;
const rounds = smoke ? 1 : Number(values.rounds);
const machine = `Node ${process.version}, ${availableParallelism()} cores, ${cpus()[0]?.model ?? ''}`;
const results: Record<string, readonly Row[]> = {};
if (!json) console.log(`${machine}; ${rounds} rounds, medians. Read the ratios.\n`);

const sink = await startSink();
try {
  for (const [name, suite] of SUITES) {
    if (positionals.length > 0 && !positionals.includes(name)) continue;
    results[name] = await compare(name, suite, { rounds, smoke, port: sink.port });
    if (!json) console.log(`${table(suite.title, results[name])}\n`);
  }
} finally {
  await sink.stop();
}
if (json) console.log(JSON.stringify({ machine, rounds, smoke, results }, undefined, 2));
