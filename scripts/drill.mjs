/**
 * Kills workers and Redis with kill -9 while mails are delivered from BullMQ: two worker processes, a Redis and a mail
 * server, each a process of its own.
 *
 *     npm run drill [-- --mails 2000 --workers 40 --redis 20 --pause 20 --appendfsync always]
 *
 * Redis also hangs once, for so many seconds. Prints how many mails were lost and how many arrived twice. Each kill may repeat what was being sent: ten mails of a
 * worker, and those of both workers when Redis is killed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RedisProcess } from './drill/redis-process.mjs';
import { startMailServer } from './outage/mail-server.mjs';
import { end } from './outage/process-end.mjs';
import { progress } from './progress.mjs';

const { values } = parseArgs({
  options: {
    mails: { type: 'string', default: '2000' },
    workers: { type: 'string', default: '40' },
    redis: { type: 'string', default: '20' },
    pause: { type: 'string', default: '20' },
    appendfsync: { type: 'string', default: 'always' },
  },
});
const [mails, workerKills, redisKills] = [values.mails, values.workers, values.redis].map(Number);
const ROOT = join(import.meta.dirname, '..');
const SCRIPT = join(ROOT, 'test/bullmq/worker-process.mjs');
const CONCURRENCY = 10;
/** Longer than mails of a dead process stay with it: those that have not come by then are lost. */
const PATIENCE_MS = 90_000;

const redis = await RedisProcess.start(values.appendfsync);
const server = await startMailServer(0);
const distinct = () => new Set(server.recipients).size;

function startWorker(count) {
  const args = [SCRIPT, join(ROOT, 'dist'), redis.url, String(server.port), String(count)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** Resolves with false when no mail comes any more. */
async function arrived(count) {
  for (let [before, since] = [distinct(), performance.now()]; before < count; await pause(10)) {
    progress(`arrived: ${before} of ${mails}`);
    if (distinct() > before) [before, since] = [distinct(), performance.now()];
    if (performance.now() - since > PATIENCE_MS) return false;
  }
  return true;
}

const workers = [startWorker(mails)];
await once(workers[0].stdout, 'data');
workers.push(startWorker(0));

const kills = workerKills + redisKills;
const isRedis = (kill) =>
  Math.floor(((kill + 1) * redisKills) / kills) > Math.floor((kill * redisKills) / kills);
let killed = 0;
for (let kill = 0; kill < kills; kill += 1) {
  if (!(await arrived(Math.floor(((kill + 1) * mails) / (kills + 1))))) break;
  if (isRedis(kill)) await redis.killAndStart();
  else {
    const index = (killed += 1) % workers.length;
    await end(workers[index], 'SIGKILL');
    workers[index] = startWorker(0);
  }
}
if (Number(values.pause) > 0) await redis.hang(Number(values.pause) * 1000);
await arrived(mails);
// They end when nothing waits or is under way any more, so nothing comes later.
const patience = AbortSignal.timeout(PATIENCE_MS);
const ending = workers.filter(({ exitCode }) => exitCode === null);
const ends = await Promise.allSettled(ending.map((worker) => once(worker, 'exit', { signal: patience })));
const hang = ends.filter(({ status }) => status === 'rejected').length;
const [lost, doubled] = [mails - distinct(), server.recipients.length - distinct()];
const bound = CONCURRENCY * (workerKills + workers.length * (redisKills + 1));
progress('');
console.log(
  `appendfsync ${values.appendfsync}: ${mails} mails, ${workerKills} kills of workers and ${redisKills} of Redis, which hung for ${values.pause} s: ${lost} lost, ${doubled} doubled, bound ${bound}`,
);
if (hang > 0) console.log(`${hang} workers did not come to an end`);
if (hang > 0 || lost > 0 || doubled > bound) process.exitCode = 1;
for (const worker of workers) await end(worker, 'SIGKILL');
await server.kill();
await redis.stop();
