/**
 * A process with a spool of its own, for tests that share one and for those that kill it.
 *
 *     node spool-process.mjs <compiled sources> <path> add|paced|work|leave
 *
 * `add` prints the Message-ID of every mail that is durable, until it is killed; so does `paced`, which adds no more than its
 * parent allows, a number a line. `work` claims and sends
 * until nothing is due, printing each mail's, and prints `done`. `leave` queues one mail and closes nothing.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , sources, path, task] = process.argv;
const HOUR = 3_600_000;
const { SqliteSpool } = await import(pathToFileURL(join(sources, 'queue/spool/sqlite-spool.js')).href);

const spool = new SqliteSpool({ path, clock: Date.now });
await spool.open();

function mail(messageId) {
  const message = {
    messageId,
    date: new Date(),
    envelope: { from: 'bounce@from.test', to: ['ada@to.test'] },
    from: { address: 'hello@from.test' },
    to: [{ address: 'ada@to.test' }],
    cc: [],
    replyTo: [],
    attachments: [],
    alternatives: [],
    headers: {},
    mailer: 'default',
    tags: [],
    metadata: {},
    subject: 'Welcome',
    html: 'x'.repeat(4000),
  };
  return { message, priority: 'normal', dueAt: new Date(0), expiresAt: new Date(Date.now() + HOUR) };
}

/** One write a line: what the parent has read was durable, whatever comes between. */
const say = (line) => process.stdout.write(`${line}\n`);

const turns = { allowed: task === 'paced' ? 0 : Number.POSITIVE_INFINITY };
const waiting = [];

function listen() {
  process.stdin.setEncoding('utf8').on('data', (text) => {
    turns.allowed += text.split('\n').reduce((sum, line) => sum + Number(line), 0);
    for (const resolve of waiting.splice(0)) resolve();
  });
}

async function add() {
  for (let n = 0; ; n += 1) {
    while (turns.allowed <= 0) await new Promise((resolve) => waiting.push(resolve));
    turns.allowed -= 1;
    const { messageId } = await spool.add(
      mail(`<${Date.now()}.${process.pid}.${n}.${Math.random()}@from.test>`),
    );
    say(messageId);
  }
}

async function work() {
  for (;;) {
    const now = Date.now();
    const claim = { mailer: 'default', limit: 5, now: new Date(now), leasedUntil: new Date(now + HOUR) };
    const { claims } = await spool.exchange({ claim });
    if (claims.length === 0) break;
    for (const { id, message } of claims) {
      say(message.messageId);
      await spool.exchange({ settle: [{ id, settlement: { state: 'sent' } }] });
    }
  }
  say('done');
  await spool.close();
}

async function leave() {
  say((await spool.add(mail('<1@from.test>'))).messageId);
}

const adding = () => Promise.all(Array.from({ length: 20 }, add));
const paced = () => {
  listen();
  return adding();
};
const TASKS = { add: adding, paced, work, leave };
await TASKS[task]();
