import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Parts } from './profile-parts.js';
import type { Task } from './task.js';

const MAILS = 5_000;
const SMOKE_MAILS = 20;

/** Profiles one `send` over SMTP: its CPU time by part, sampled in a process of its own. */
export async function profileSend(port: number, smoke: boolean): Promise<Parts> {
  const task: Task = {
    suite: 'smtp',
    candidate: 'send',
    port,
    batch: smoke ? SMOKE_MAILS : MAILS,
    warmUpMs: 0,
    measureMs: 0,
    smoke,
  };
  const child = fork(fileURLToPath(new URL('profile-child.js', import.meta.url)), [JSON.stringify(task)], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const answers: unknown[] = [];
  child.on('message', (answer) => answers.push(answer));
  await once(child, 'exit');
  const [parts] = answers;
  if (child.exitCode === 0 && isParts(parts)) return parts;
  throw new Error('the profile failed');
}

function isParts(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && Object.values(value).every(Number.isFinite);
}

export function profileTable(parts: Parts): string {
  const sorted = Object.entries(parts).toSorted(([, a], [, b]) => b - a);
  const all = sorted.reduce((sum, [, us]) => sum + us, 0);
  const width = Math.max(...sorted.map(([part]) => part.length));
  const line = ([part, us]: readonly [string, number]): string =>
    `${part.padEnd(width)}  ${us.toFixed(0).padStart(6)}  ${((100 * us) / all).toFixed(0).padStart(3)} %`;
  return ["Profile: microseconds of one mail's CPU time, by send over SMTP", ...sorted.map(line)].join('\n');
}
