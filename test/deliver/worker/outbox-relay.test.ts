import { MailError, outboxTableSql, type SqlExecutor } from 'nest-mailroom';
import { OutboxRelay } from '../../../src/deliver/worker/outbox-relay.js';
import type { NewMail } from '../../../src/queue/mail-queue.js';
import { MemoryQueue } from '../../../src/queue/memory-queue.js';
import { OutboxTable } from '../../../src/queue/outbox/outbox-table.js';
import { RecordCipher } from '../../../src/queue/record/record-cipher.js';
import { dueMail } from '../../queue/spool-mails.js';
import { afterCleanup, cleanup } from '../../support/application.js';
import { type Database, openSqlite } from '../../support/databases.js';

const now = () => new Date();

let database: Database;
beforeEach(async () => {
  database = await openSqlite();
  await database.own.execute(outboxTableSql('sqlite'), []);
});
afterEach(async () => {
  await cleanup();
  await database.close();
});

/** A relay into a queue, which is asked to look and does not by itself. */
function relayInto(enqueue: (mail: NewMail) => Promise<unknown>, executor: SqlExecutor = database.own) {
  const told: string[] = [];
  const settings = { table: 'mail_outbox', createTable: false, pollInterval: 60_000 } as const;
  const table = new OutboxTable(
    { dialect: 'sqlite', executor, ...settings },
    new RecordCipher(undefined),
    now,
  );
  const onFault = (what: string) => void told.push(what);
  const relay = new OutboxRelay({ table, pollInterval: 60_000, random: () => 0.5, onFault });
  relay.start(enqueue);
  afterCleanup(() => relay.stop());
  return { relay, told, write: (mail: NewMail) => relay.add(mail, database.own) };
}

const rows = () => database.own.execute('SELECT id, leased_until, problem FROM mail_outbox ORDER BY id', []);

async function look(relay: OutboxRelay, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await relay.relay();
}

test('while the queue takes nothing, mails stay in the table, and a lasting fault is reported once', async () => {
  const queue = new MemoryQueue(now);
  let isFull = true;
  const full = new MailError('queue-full', 'As many as it may hold.');
  const { relay, told, write } = relayInto((mail) => (isFull ? Promise.reject(full) : queue.add(mail)));
  for (let n = 0; n < 70; n += 1) await write(dueMail());
  await look(relay, 5);
  expect(told).toEqual([expect.stringContaining('As many as it may hold.')]);
  expect(await rows()).toHaveLength(70);
  isFull = false;
  await relay.relay();
  expect(await rows()).toEqual([]);
  expect((await queue.stats()).states.waiting).toBe(70);
  isFull = true;
  await write(dueMail());
  await look(relay, 3);
  expect(told).toHaveLength(2);
});

test('a database that is locked for a moment is not reported', async () => {
  const queue = new MemoryQueue(now);
  let locks = 2;
  const locked: SqlExecutor = {
    execute: (sql, values) =>
      sql.startsWith('UPDATE') && locks-- > 0
        ? Promise.reject(new Error('database is locked'))
        : database.own.execute(sql, values),
  };
  const { relay, told, write } = relayInto((mail) => queue.add(mail), locked);
  await write(dueMail());
  await look(relay, 3);
  expect((await queue.stats()).states.waiting).toBe(1);
  expect(told).toEqual([]);
});

test('a mail that the queue refuses for good does not hold up the others, and can be fixed', async () => {
  const queue = new MemoryQueue(now);
  const refuse = new Set(['<1@from.test>']);
  const { relay, told, write } = relayInto((mail) =>
    refuse.has(mail.message.messageId)
      ? Promise.reject(new MailError('message-invalid', 'Too much of it.'))
      : queue.add(mail),
  );
  const { id } = await write(dueMail({ messageId: '<1@from.test>' }));
  await write(dueMail({ messageId: '<2@from.test>' }));
  await relay.relay();
  expect((await queue.list({}, 9)).map(({ messageId }) => messageId)).toEqual(['<2@from.test>']);
  expect(await rows()).toEqual([expect.objectContaining({ id, problem: 'Too much of it.' })]);
  expect(told).toEqual([expect.stringContaining(`SET problem = NULL WHERE id = '${id}'`)]);
  refuse.clear();
  await database.own.execute('UPDATE mail_outbox SET problem = NULL', []);
  await relay.relay();
  expect(await rows()).toEqual([]);
});

test('a crash between the queue and the table does not create a second mail', async () => {
  const queue = new MemoryQueue(now);
  const crashing: SqlExecutor = {
    execute: (sql, values) =>
      sql.startsWith('DELETE') ? Promise.reject(new Error('crash')) : database.own.execute(sql, values),
  };
  const dying = relayInto((mail) => queue.add(mail), crashing);
  await dying.write(dueMail());
  await dying.relay.relay();
  expect((await queue.stats()).states.waiting).toBe(1);
  const other = relayInto((mail) => queue.add(mail));
  await other.relay.relay();
  // Nobody else has it until the lease is over.
  expect(await rows()).toHaveLength(1);
  await database.own.execute('UPDATE mail_outbox SET leased_until = 1', []);
  await other.relay.relay();
  expect(await rows()).toEqual([]);
  expect((await queue.stats()).states.waiting).toBe(1);
});

test('a clock that went back does not delay mails', async () => {
  const queue = new MemoryQueue(now);
  const { relay, write } = relayInto((mail) => queue.add(mail));
  await write(dueMail());
  const tomorrow = Date.now() + 86_400_000;
  await database.own.execute(`UPDATE mail_outbox SET leased_until = ${tomorrow}`, []);
  await relay.relay();
  expect((await queue.stats()).states.waiting).toBe(1);
});

test('does not hold all large mails in memory at once', async () => {
  const queue = new MemoryQueue(now);
  const together: number[] = [];
  let underWay = 0;
  const { relay, write } = relayInto(async (mail) => {
    underWay += 1;
    await queue.add(mail);
    together.push(underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
  });
  for (let n = 0; n < 6; n += 1) await write(dueMail({ html: 'x'.repeat(3 * 2 ** 20) }));
  await relay.relay();
  expect((await queue.stats()).states.waiting).toBe(6);
  expect(Math.max(...together)).toBe(2);
});

test('an executor that does not return rows is refused with the remedy', async () => {
  const withResult = { execute: async () => ({ rows: [] }) } as unknown as SqlExecutor;
  const { relay, told } = relayInto(() => Promise.resolve(), withResult);
  await look(relay, 3);
  expect(told).toEqual([
    expect.stringMatching(/expected to resolve with an array of rows, got an object\..*\.rows/),
  ]);
});

test('an error that shows the mail in its lines is reported by its first line', async () => {
  const talkative: SqlExecutor = {
    execute: () => Promise.reject(new Error('Failed query: insert into mail_outbox\nparams: s3cret')),
  };
  const { relay, told } = relayInto(() => Promise.resolve(), talkative);
  await look(relay, 3);
  expect(told).toEqual([expect.stringContaining('Failed query')]);
  expect(told.join()).not.toContain('s3cret');
});
