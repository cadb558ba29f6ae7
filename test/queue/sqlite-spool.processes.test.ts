import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { open, rename, rm, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { COMPILED } from '../support/spool-thread.js';
import { claimDue, dueMail, messageIds, settle } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

const SCRIPT = join(__dirname, 'spool-process.mjs');

/** A process that has the spool open too, and what it has said so far, line by line. */
class SpoolProcess {
  readonly #child: ChildProcess;
  readonly #events = new EventEmitter();
  readonly exit: Promise<unknown>;
  #text = '';

  constructor(path: string, task: 'add' | 'paced' | 'work' | 'leave') {
    this.#child = spawn(process.execPath, [SCRIPT, COMPILED, path, task], {
      stdio: [task === 'paced' ? 'pipe' : 'ignore', 'pipe', 'inherit'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#text += text;
      this.#events.emit('line');
    });
    this.exit = once(this.#child, 'close');
  }

  /** Whole lines: half a one was not said. */
  get lines(): readonly string[] {
    return this.#text.split('\n').slice(0, -1);
  }

  /** Lets it add so many mails more. */
  allow(mails: number): void {
    this.#child.stdin?.write(`${mails}\n`);
  }

  async hasSaid(lines: number): Promise<void> {
    while (this.lines.length < lines) await once(this.#events, 'line');
  }

  /** Until a mail is durable whose addition began after now: what was said before may still be on its way here. */
  async goesOn(): Promise<void> {
    const now = Date.now();
    while (!this.lines.some((line) => Number(/\d+/.exec(line)?.[0]) > now)) await once(this.#events, 'line');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }
}

/** All that can be had. */
async function takenFrom(spool: SqliteSpool): Promise<readonly string[]> {
  const taken: string[] = [];
  for (;;) {
    const claims = await claimDue(spool, 1000);
    if (claims.length === 0) return taken;
    taken.push(...messageIds(claims));
  }
}

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

test('kill -9 loses no mail that was reported as durable', async () => {
  const said: string[] = [];
  for (const lines of [1, 150, 700]) {
    const child = new SpoolProcess(place.path, 'add');
    await child.hasSaid(lines);
    await child.kill();
    said.push(...child.lines);
  }
  const spool = await place.open();
  const found = new Set(await takenFrom(spool));
  expect(said.length).toBeGreaterThan(850);
  expect(said.filter((messageId) => !found.has(messageId))).toEqual([]);
  expect((await spool.stats()).states.corrupt).toBe(0);
});

test('processes share a spool: each mail is claimed once', async () => {
  const spool = await place.open();
  const ids = Array.from({ length: 200 }, (_, n) => `<${n}@from.test>`);
  await Promise.all(ids.map((messageId) => spool.add(dueMail({ messageId }))));
  const children = [new SpoolProcess(place.path, 'work'), new SpoolProcess(place.path, 'work')];
  const own: string[] = [];
  await Promise.race(children.map((child) => child.hasSaid(1)));
  for (;;) {
    const claims = await claimDue(spool, 3);
    if (claims.length === 0) break;
    own.push(...messageIds(claims));
    await Promise.all(claims.map(({ id }) => settle(spool, id, { state: 'sent' })));
  }
  await Promise.all(children.map(({ exit }) => exit));
  const taken = [...own, ...children.flatMap(({ lines }) => lines)].filter((line) => line !== 'done');
  expect(taken.toSorted()).toEqual(ids.toSorted());
  expect((await spool.stats()).states).toMatchObject({ waiting: 0, sending: 0, sent: 200 });
});

test('a mail that a killed process had claimed comes back when its lease ends, as a crash', async () => {
  const spool = await place.open();
  await spool.add(dueMail());
  const doomed = await place.open();
  await claimDue(doomed);
  await doomed.close();
  const later = Date.now() + 2 * 3_600_000;
  const claim = { mailer: 'default', limit: 1, now: new Date(later), leasedUntil: new Date(later + 1) };
  const { claims } = await spool.exchange({ claim });
  expect(claims[0]).toMatchObject({ attempt: 2, crashes: 1 });
});

test('an open spool does not keep the process alive, and a pending call does', async () => {
  const child = new SpoolProcess(place.path, 'leave');
  expect(await child.exit).toEqual([0, null]);
  expect(child.lines).toEqual(['<1@from.test>']);
  const spool = await place.open();
  expect(messageIds(await claimDue(spool))).toEqual(['<1@from.test>']);
});

/** A page in the middle of the file, while processes go on writing. */
async function damage(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(4096), 0, 4096, Math.floor(size / 8192) * 4096);
  await file.close();
}

test.each<[string, (path: string) => Promise<unknown>]>([
  ['deleted', (path) => rm(path)],
  ['moved with its folder', (path) => rename(dirname(path), `${dirname(path)}-${Date.now()}`)],
  ['emptied', (path) => truncate(path)],
])(
  'two processes write while the file is %s: what they said to be durable is there, once',
  async (_, change) => {
    // As much as the log holds: what was written back from it to a file that is emptied is lost.
    const children = [new SpoolProcess(place.path, 'paced'), new SpoolProcess(place.path, 'paced')];
    for (const lines of [150, 400]) {
      for (const child of children) child.allow(250);
      await Promise.all(children.map((child) => child.hasSaid(lines)));
      await change(place.path);
      const gone = children.map((child) => child.goesOn());
      for (const child of children) child.allow(50);
      await Promise.all(gone);
    }
    for (const child of children) await child.kill();
    const found = await takenFrom(await place.open());
    const said = children.flatMap(({ lines }) => lines);
    expect(said.filter((messageId) => !found.includes(messageId))).toEqual([]);
    expect(new Set(found).size).toBe(found.length);
  },
);

test('two processes write while a page is damaged: both go on, and only its content is lost', async () => {
  const children = [new SpoolProcess(place.path, 'add'), new SpoolProcess(place.path, 'add')];
  await Promise.all(children.map((child) => child.hasSaid(2_000)));
  await damage(place.path);
  await Promise.all(children.map((child) => child.hasSaid(2_500)));
  for (const child of children) await child.kill();
  const spool = await place.open();
  const found = new Set(await takenFrom(spool));
  const said = children.flatMap(({ lines }) => lines);
  const missing = said.filter((messageId) => !found.has(messageId));
  expect(missing.length).toBe((await spool.stats()).states.corrupt);
  // Of these mails eight begin on one page, and go on on others.
  expect(missing.length).toBeLessThanOrEqual(8);
});

test('the write-ahead log of a killed process is damaged: an alarm says that mails may be missing', async () => {
  const child = new SpoolProcess(place.path, 'add');
  await child.hasSaid(200);
  await child.kill();
  const log = await open(`${place.path}-wal`, 'r+');
  const { size } = await log.stat();
  await log.write(Buffer.alloc(100), 0, 100, Math.floor(size / 3));
  await log.close();
  const told: string[] = [];
  const spool = place.make();
  spool.onRescued((message) => told.push(message));
  await spool.open();
  const found = await takenFrom(spool);
  expect(told).toEqual([expect.stringMatching(/write-ahead log .* was damaged .* may be missing/)]);
  expect(found.length).toBeLessThan(child.lines.length);
});

test('a log of a killed process that is whole, or ends in the middle, is not reported', async () => {
  const child = new SpoolProcess(place.path, 'add');
  await child.hasSaid(200);
  await child.kill();
  const file = await open(`${place.path}-wal`, 'r+');
  const { size } = await file.stat();
  await file.write(Buffer.alloc(5_000, 7), 0, 5_000, size);
  await file.close();
  const told: string[] = [];
  const spool = place.make();
  spool.onRescued((message) => told.push(message));
  await spool.open();
  const found = new Set(await takenFrom(spool));
  expect(told).toEqual([]);
  expect(child.lines.filter((messageId) => !found.has(messageId))).toEqual([]);
});
