/**
 * Sends mails from several processes at one rate limit, by `send()` and from the queue, and kills one of them in between.
 *
 *     npm run drill:rate [-- --store spool|redis --processes 4 --max 50 --per 1000 --spans 20 --build dist]
 *
 * Prints the most turns and, once the connections are open, mails in any sliding span, the part of the limit that was used, and the turns without a mail,
 * which the killed process had taken.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { SMTPServer } from 'smtp-server';
import { end } from '../outage/process-end.mjs';
import { RedisProcess } from './redis-process.mjs';

const { values } = parseArgs({
  options: {
    store: { type: 'string' },
    processes: { type: 'string', default: '4' },
    max: { type: 'string', default: '50' },
    per: { type: 'string', default: '1000' },
    spans: { type: 'string', default: '20' },
    build: { type: 'string', default: 'dist' },
  },
});
const [processes, max, per, spans] = [values.processes, values.max, values.per, values.spans].map(Number);
const build = resolve(values.build);
const SCRIPT = join(import.meta.dirname, 'rate-process.mjs');
/** The mails of the first spans open the connections, and so arrive late. */
const WARM_UP = 2;
/** Mails of a process that may wait for a turn: those of its worker and of `sendMany`. */
const IN_HAND = 20;

/** In memory where there is such a place: this is not about the speed of a disk. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** Numbers of the spool's turns, with the times they come. */
async function spoolStore() {
  const folder = await mkdtemp(join(PARENT, 'drill-'));
  const path = join(folder, 'spool.db');
  const { openDatabase } = await import(pathToFileURL(join(build, 'queue/sqlite/open-database.js')).href);
  return {
    queue: { path },
    async look() {
      const { database } = await openDatabase(`${path}-turns`);
      const rows = database.prepare('SELECT number, at FROM turn').all();
      database.close();
      return rows.map((row) => [row.integer('number'), row.integer('at')]);
    },
    stop: () => rm(folder, { recursive: true }),
  };
}

async function redisStore() {
  const server = await RedisProcess.start('everysec');
  const redis = new Redis(server.url);
  return {
    queue: { driver: 'bullmq', url: server.url },
    async look() {
      const fields = Object.entries(await redis.hgetall('bull-mails:turns:mailer%3Adefault'));
      return fields.map((pair) => pair.map(Number)).filter(([number]) => number > 0);
    },
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}

/** @param {readonly number[]} times in order; the most of them in any span */
function mostInSpan(times) {
  let most = 0;
  for (let first = 0, last = 0; last < times.length; last += 1) {
    while (times[last] - times[first] >= per) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

async function startProcess(queue, port) {
  const mails = Math.ceil((max * spans) / processes);
  const limit = JSON.stringify({ max, per });
  const args = [SCRIPT, build, JSON.stringify(queue), limit, String(port), String(mails), String(mails)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  await once(child.stdout, 'data');
  return child;
}

async function drill(name, store) {
  const arrived = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onMailFrom: (_address, _session, done) => {
      arrived.push(Date.now());
      done();
    },
    onData: (stream, _session, done) => {
      stream.on('end', done).resume();
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address();
  const children = [];
  // One after another: they share two cores.
  for (let n = 0; n < processes; n += 1) children.push(await startProcess(store.queue, port));
  for (const child of children) child.stdin.write('go\n');
  const turns = new Map();
  for (let isKilled = false, first = Infinity; Date.now() < first + spans * per; await pause(per / 10)) {
    if (arrived.length === 0) continue;
    for (const [number, at] of await store.look()) turns.set(number, at);
    first = Math.min(...turns.values());
    if (!isKilled && Date.now() > first + (spans * per) / 2) isKilled = Boolean(end(children[0], 'SIGKILL'));
  }
  for (const [number, at] of await store.look()) turns.set(number, at);
  const start = Math.min(...turns.values());
  const times = [...turns.values()].filter((at) => at < start + spans * per).toSorted((a, b) => a - b);
  const mails = arrived.filter((at) => at < start + spans * per).length;
  const warm = arrived.filter((at) => at >= start + WARM_UP * per && at < start + spans * per);
  for (const child of children) await end(child, 'SIGKILL');
  await new Promise((done) => {
    server.close(done);
  });
  const used = times.length / (max * spans);
  const [most, sink, lost] = [mostInSpan(times), mostInSpan(warm), times.length - mails];
  console.log(
    `${name}: ${processes} processes, ${max} in ${per} ms for ${spans} spans: most ${most} turns and ${sink} mails in a span, ${used.toFixed(3)} used, ${mails} mails for ${times.length} turns, ${lost} turns without a mail (bound ${IN_HAND})`,
  );
  if (most > max || sink > max * 1.1 || used < 0.9 || lost > IN_HAND) process.exitCode = 1;
}

const STORES = { spool: spoolStore, redis: redisStore };
for (const [name, open] of Object.entries(STORES)) {
  if (values.store && values.store !== name) continue;
  const store = await open();
  try {
    await drill(name, store);
  } finally {
    await store.stop();
  }
}
