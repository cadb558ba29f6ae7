import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type Figures, type Measurement, type MeasurementSurroundings, quantile } from '../measurements.js';

const FLOOD = 100_000;
const CODES = 50;
const SMOKE = { newsletters: 200, codes: 2 };

interface Flood {
  /** Milliseconds of each code. */
  readonly taken: readonly number[];
  /** Newsletters left when the last code had arrived. */
  readonly waiting: number;
  readonly peakMiB: number;
}

async function codesAmong(newsletters: number, { sink, smoke }: MeasurementSurroundings): Promise<Figures> {
  const count = smoke ? Math.min(newsletters, SMOKE.newsletters) : newsletters;
  const script = fileURLToPath(new URL('../queue/flood-process.js', import.meta.url));
  const args = [sink.port, count, smoke ? SMOKE.codes : CODES].map(String);
  const child = fork(script, args, { env: { ...process.env, NODE_ENV: 'production' } });
  const answers: unknown[] = [];
  child.on('message', (answer) => answers.push(answer));
  await once(child, 'exit');
  const [flood] = answers;
  if (!isFlood(flood)) throw new Error('the flood failed');
  return {
    'code p50 ms': quantile(flood.taken, 0.5),
    'code p95 ms': quantile(flood.taken, 0.95),
    'still waiting': flood.waiting,
    'peak MiB': flood.peakMiB,
  };
}

function isFlood(value: unknown): value is Flood {
  return typeof value === 'object' && value !== null && 'taken' in value && 'waiting' in value;
}

export const queueFlood: Measurement = {
  title: 'Queue: one-time codes (priority high), from queue() to the answer of the server',
  candidates: new Map([
    ['nothing else queued', (surroundings) => codesAmong(0, surroundings)],
    [
      `among ${FLOOD.toLocaleString('en')} newsletters (low) on their way`,
      (surroundings) => codesAmong(FLOOD, surroundings),
    ],
  ]),
};
