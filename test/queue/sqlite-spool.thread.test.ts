import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { OpenedDatabase } from '../../src/queue/sqlite/open-database.js';
import { openDatabase, proveDriver } from '../../src/queue/sqlite/open-database.js';
import { CLAIMABLE } from '../../src/queue/spool/thread/tables/claims.js';
import { NEXT_MAILER } from '../../src/queue/spool/thread/tables/mailer-turns.js';
import type { SpoolAnswer, SpoolCall } from '../../src/queue/spool/channel/protocol.js';
import { addRequest } from '../../src/queue/spool/channel/wire.js';
import { ThreadChannel } from '../../src/queue/spool/channel/thread-channel.js';
import { spoolThread } from '../support/spool-thread.js';
import { claimDue, dueMail } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(() => place.remove());

const isAbout = (answer: SpoolAnswer, id: number) => 'id' in answer && answer.id === id;

/** The thread without the channel, so that it shows what it answers together. */
class TalkingThread {
  readonly #thread = new Worker(spoolThread);
  readonly #turns: Array<readonly SpoolAnswer[]> = [];

  constructor() {
    this.#thread.on('message', (turn: readonly SpoolAnswer[]) => this.#turns.push(turn));
  }

  post(...calls: readonly SpoolCall[]): void {
    this.#thread.postMessage(calls, []);
  }

  turnOf(id: number): number {
    return this.#turns.findIndex((turn) => turn.some((answer) => isAbout(answer, id)));
  }

  answerTo(id: number): SpoolAnswer | undefined {
    return this.#turns.flat().find((answer) => isAbout(answer, id));
  }

  async hasAnswered(id: number): Promise<void> {
    while (this.turnOf(id) < 0) await once(this.#thread, 'message');
  }

  async end(): Promise<void> {
    await this.#thread.terminate();
  }
}

describe('the thread', () => {
  test('that ends rejects pending calls with the cause, and later ones too', async () => {
    const channel = new ThreadChannel();
    await channel.call('open', { path: place.path, maxBacklog: 9 });
    const adding = channel.call('add', addRequest(dueMail(), 0));
    const counting = channel.call('stats', { now: 0 });
    await channel.terminate();
    const ended = {
      code: 'transport-unavailable',
      retryable: true,
      message: expect.stringMatching(/^The thread of the mail spool has ended: it exited with 1\./),
    };
    // It may have been written: only the answer is known to be missing.
    await expect(adding).rejects.toMatchObject({ ...ended, outcome: 'unknown' });
    await expect(counting).rejects.toMatchObject({ ...ended, outcome: 'not-sent' });
    await expect(channel.call('stats', { now: 0 })).rejects.toMatchObject(ended);
    await channel.idle();
  });

  test('answers mails at once, also while it looks through a long list', async () => {
    const thread = new TalkingThread();
    const add = (id: number): SpoolCall<'add'> => ({
      id,
      operation: 'add',
      request: addRequest(dueMail(), 0),
    });
    const [open, list] = [5000, 5001];
    thread.post({ id: open, operation: 'open', request: { path: place.path, maxBacklog: 10_000 } });
    thread.post(...Array.from({ length: 1100 }, (_, n) => add(n)));
    await thread.hasAnswered(1099);
    const filter = { to: 'nobody@to.test' };
    thread.post({ id: list, operation: 'list', request: { filter, limit: 1 } }, add(2000), add(2001));
    await thread.hasAnswered(list);
    await thread.end();
    expect(thread.turnOf(2001)).toBe(thread.turnOf(2000));
    expect(thread.turnOf(2001)).toBeLessThan(thread.turnOf(list));
    // A group is not larger than 128, so that nobody waits long for the next.
    expect(thread.turnOf(1099) - thread.turnOf(0)).toBeGreaterThanOrEqual(Math.floor(1100 / 128));
  });

  test('answers calls that are made before it is open', async () => {
    const thread = new TalkingThread();
    thread.post({ id: 1, operation: 'stats', request: { now: 0 } });
    await thread.hasAnswered(1);
    expect(thread.answerTo(1)).toMatchObject({ fault: { code: 'closed' } });
    await thread.end();
  });
});

describe('the driver', () => {
  test('is node:sqlite if Node has it, and else libsql', async () => {
    const { driver, database } = await openDatabase(':memory:');
    const ours = process.getBuiltinModule('node:sqlite') ? 'node:sqlite' : 'libsql';
    expect(driver).toBe(ours);
    // What `drivers.test.ts` has asked for.
    expect(driver).toBe(process.env['SQLITE_DRIVER'] ?? ours);
    database.close();
  });

  const source = (code: string) => ({
    has: () => false,
    builtin: () => undefined,
    libsql: () => Promise.reject(Object.assign(new Error('no'), { code })),
  });

  test.each([
    ['ERR_MODULE_NOT_FOUND', /libsql is not installed\. npm install libsql, or run Node\.js 22\.13 or later/],
    ['MODULE_NOT_FOUND', /libsql is not installed/],
    ['ERR_DLOPEN_FAILED', /libsql does not load\. Its binaries are optional dependencies/],
  ])('that is missing (%s) is named, with what to install', async (code, message) => {
    const fault = {
      code: 'config',
      message: expect.stringMatching(message),
      cause: expect.objectContaining({ code }),
    };
    await expect(openDatabase(':memory:', source(code))).rejects.toMatchObject(fault);
    await expect(proveDriver(source(code))).rejects.toMatchObject(fault);
  });

  test('is proven without being loaded: node:sqlite would write a warning to stderr', async () => {
    const load = jest.fn();
    await proveDriver({ has: () => true, builtin: load, libsql: load });
    expect(load).not.toHaveBeenCalled();
  });

  // Each of these ends the process when libsql is given it.
  test.each([true, new Date(), {}, undefined, 1n, NaN, 1.5])('is never given %p', async (value) => {
    const { database } = await openDatabase(':memory:');
    database.exec('CREATE TABLE t (a)');
    const insert = database.prepare('INSERT INTO t VALUES (?)');
    expect(() => insert.run(value as never)).toThrow(/^cannot bind .* to a SQLite statement$/);
    database.close();
  });

  test('stores and returns every type that may be bound', async () => {
    const { database } = await openDatabase(':memory:');
    database.exec('CREATE TABLE t (a)');
    const bytes = Buffer.from('xabcx').subarray(1, 4);
    for (const value of [Number.MAX_SAFE_INTEGER, -1, 'ä😀', bytes, Buffer.alloc(0), null]) {
      database.prepare('INSERT INTO t VALUES (?)').run(value);
    }
    const rows = database.prepare('SELECT a FROM t').all();
    expect([rows[0]!.integer('a'), rows[1]!.integer('a')]).toEqual([Number.MAX_SAFE_INTEGER, -1]);
    expect(rows[2]!.text('a')).toBe('ä😀');
    expect([rows[3]!.bytes('a'), rows[4]!.bytes('a')]).toEqual([Buffer.from('abc'), Buffer.alloc(0)]);
    expect(database.prepare('SELECT a FROM t WHERE a = ?').get(bytes)?.bytes('a')).toEqual(bytes);
    expect(rows[5]!.isNull('a')).toBe(true);
    expect(() => rows[5]!.integer('a')).toThrow('column a: expected a number, got NULL');
    database.close();
  });
});

describe('the most frequent queries walk an index and do not sort', () => {
  let opened: OpenedDatabase;
  beforeEach(async () => {
    const spool = await place.open();
    await spool.add(dueMail({}, { idempotencyKey: 'k' }));
    await claimDue(spool);
    await spool.close();
    opened = await openDatabase(place.path);
  });
  afterEach(() => opened.database.close());

  const plan = (sql: string): string => {
    const values = Array.from(sql.matchAll(/\?/g), () => 1);
    const rows = opened.database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    return rows.map((row) => row.text('detail')).join('; ');
  };

  test.each([
    [CLAIMABLE, /^SEARCH mail USING INDEX mail_turn \(priority=\? AND mailer=\? AND ready_at<\?\)$/],
    [NEXT_MAILER, /^SEARCH mail USING (?:COVERING )?INDEX mail_turn \(priority=\? AND mailer>\?\)$/],
    [
      'SELECT ready_at FROM mail WHERE state < 2 AND mailer = ? AND priority = ? ORDER BY ready_at LIMIT 1',
      /^SEARCH mail USING (?:COVERING )?INDEX mail_turn \(priority=\? AND mailer=\?\)$/,
    ],
    ['SELECT seq, due_at, label FROM mail WHERE key = ?', /^SEARCH mail USING INDEX mail_key \(key=\?\)$/],
    [
      'SELECT seq FROM mail WHERE state = ? AND state > 1 AND ended_at < ? ORDER BY ended_at LIMIT 500',
      /^SEARCH mail USING (?:COVERING )?INDEX mail_kept \(state=\? AND ended_at<\?\)$/,
    ],
  ])('%s', (sql, expected) => {
    expect(plan(sql)).toMatch(expected);
  });
});
