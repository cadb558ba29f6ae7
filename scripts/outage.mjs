/**
 * Measures the cost of a mail server's outage for a signup: the built example is one process, the mail server
 * another, which is killed and started again while people go on signing up.
 *
 *     npm run outage [-- --seconds 60 --signups 1000]
 *
 * Prints the latency of a signup before and during the outage, how many mails arrived after it, and how many twice.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { progress } from './progress.mjs';
import { startMailServer } from './outage/mail-server.mjs';
import { startWebsite } from './outage/website.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    signups: { type: 'string', default: '1000' },
  },
});
const [seconds, signups] = [Number(values.seconds), Number(values.signups)];
/** Signups before the outage, to warm up and to compare with. */
const [WARM_UP, BEFORE] = [200, 300];

/** Signs people up at even intervals, and resolves with the milliseconds that each answer took. */
async function signUp(website, name, count, overMs) {
  const waits = [];
  const started = performance.now();
  for (let n = 0; n < count; n += 1) {
    progress(`${name}: signup ${n + 1} of ${count}`);
    await pause(Math.max(0, started + (n * overMs) / count - performance.now()));
    waits.push(website.signUp(`${name}${n}@example.test`));
  }
  progress('');
  return Promise.all(waits);
}

function quantile(values, part) {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))];
}

function say(what, waits) {
  const [p50, p95] = [0.5, 0.95].map((part) => quantile(waits, part).toFixed(1));
  console.log(`${what}: ${waits.length} signups, all 201; p50 ${p50} ms, p95 ${p95} ms`);
}

/** Resolves with the seconds until this number of different people have their mail. */
async function arrival(servers, people) {
  const started = performance.now();
  const arrived = () => new Set(servers.flatMap(({ recipients }) => recipients)).size;
  while (arrived() < people) {
    progress(`arrived: ${arrived()} of ${people}`);
    await pause(20);
  }
  progress('');
  return (performance.now() - started) / 1000;
}

const folder = await mkdtemp(join(tmpdir(), 'outage-'));
const first = await startMailServer(0);
const website = await startWebsite(folder, first.port);
const servers = [first];
try {
  const each = (seconds * 1000) / signups;
  await signUp(website, 'warm', WARM_UP, WARM_UP * each);
  say('before', await signUp(website, 'before', BEFORE, BEFORE * each));
  await arrival(servers, WARM_UP + BEFORE);

  await first.kill();
  say(`during ${seconds} s without a mail server`, await signUp(website, 'during', signups, seconds * 1000));

  servers.push(await startMailServer(first.port));
  const all = WARM_UP + BEFORE + signups;
  const took = await arrival(servers, all);
  await website.stop(); // it finishes mails under way, so none comes later
  const mails = servers.flatMap(({ recipients }) => recipients);
  console.log(
    `after it: all ${signups} arrived within ${took.toFixed(1)} s, ${mails.length - all} of ${all} mails twice`,
  );
  if (mails.length !== all) process.exitCode = 1;
} finally {
  await website.stop();
  for (const server of servers) await server.kill();
  await rm(folder, { recursive: true });
}
