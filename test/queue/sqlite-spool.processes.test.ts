import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { COMPILED } from '../support/spool-thread.js';
import { claimDue, dueMail, messageIds } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

const SCRIPT = join(__dirname, 'spool-process.mjs');

/** A process that has the spool open too, and what it has said so far, line by line. */
class SpoolProcess {
  readonly #child: ChildProcess;
  readonly #events = new EventEmitter();
  readonly exit: Promise<unknown>;
  #text = '';

  constructor(path: string, task: 'add' | 'work' | 'leave') {
    this.#child = spawn(process.execPath, [SCRIPT, COMPILED, path, task], {
      stdio: ['ignore', 'pipe', 'inherit'],
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

  async hasSaid(lines: number): Promise<void> {
    while (this.lines.length < lines) await once(this.#events, 'line');
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.exit;
  }
}

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

test('kill -9 loses nothing that was said to be durable', async () => {
  const said: string[] = [];
  for (const lines of [1, 150, 700]) {
    const child = new SpoolProcess(place.path, 'add');
    await child.hasSaid(lines);
    await child.kill();
    said.push(...child.lines);
  }
  const spool = await place.open();
  const found = new Set<string>();
  for (;;) {
    const claims = await claimDue(spool, 1000);
    if (claims.length === 0) break;
    for (const messageId of messageIds(claims)) found.add(messageId);
  }
  expect(said.length).toBeGreaterThan(850);
  expect(said.filter((messageId) => !found.has(messageId))).toEqual([]);
  expect((await spool.stats()).states.corrupt).toBe(0);
});

test('processes share a spool: each mail is taken once', async () => {
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
    await Promise.all(claims.map(({ id }) => spool.settle(id, { state: 'sent' })));
  }
  await Promise.all(children.map(({ exit }) => exit));
  const taken = [...own, ...children.flatMap(({ lines }) => lines)].filter((line) => line !== 'done');
  expect(taken.toSorted()).toEqual(ids.toSorted());
  expect((await spool.stats()).states).toMatchObject({ waiting: 0, sending: 0, sent: 200 });
});

test('what a killed process had claimed comes back when its lease ends, as a crash', async () => {
  const spool = await place.open();
  await spool.add(dueMail());
  const doomed = await place.open();
  await claimDue(doomed);
  await doomed.close();
  const later = Date.now() + 2 * 3_600_000;
  const [claim] = await spool.claim({
    mailer: 'default',
    limit: 1,
    now: new Date(later),
    leasedUntil: new Date(later + 1),
  });
  expect(claim).toMatchObject({ attempt: 2, crashes: 1 });
});

test('a spool that is left open keeps no process, and a mail that is asked for does', async () => {
  const child = new SpoolProcess(place.path, 'leave');
  expect(await child.exit).toEqual([0, null]);
  expect(child.lines).toEqual(['<1@from.test>']);
  const spool = await place.open();
  expect(messageIds(await claimDue(spool))).toEqual(['<1@from.test>']);
});
