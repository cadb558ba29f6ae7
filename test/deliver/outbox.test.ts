import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { MailOutbox, outboxTableSql, type QueueModuleOptions, type QueueOutboxOptions } from 'nest-mailroom';
import { OutboxTable } from '../../src/queue/outbox/outbox-table.js';
import { RecordCipher } from '../../src/queue/record/record-cipher.js';
import { dueMail } from '../queue/spool-mails.js';
import { SqliteRow } from '../../src/queue/sqlite/row.js';
import { cleanup, folder } from '../support/application.js';
import {
  type Database,
  openMysql,
  openPostgres,
  openSqlite,
  type Transaction,
} from '../support/databases.js';
import { LogLines } from '../support/log-lines.js';
import { at, queueing, type QueueingApplication, server } from '../support/queueing.js';

const DATABASES = [
  ['PostgreSQL', openPostgres],
  ['MariaDB', openMysql],
  ['SQLite', openSqlite],
] as const;

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };
const to = (name: string) => ({ ...mail, to: `${name}@example.test` });

describe.each(DATABASES)('queue() in a transaction of %s', (_name, open) => {
  let database: Database;

  beforeAll(async () => {
    database = await open();
  });
  beforeEach(() => database.own.execute(outboxTableSql(database.dialect), []));
  afterEach(async () => {
    await cleanup();
    await database.own.execute('DROP TABLE IF EXISTS mail_outbox', []);
  });
  afterAll(() => database.close());

  const outbox = (options: Partial<QueueOutboxOptions> = {}): QueueOutboxOptions => ({
    dialect: database.dialect,
    ...database.own,
    ...options,
  });

  /** An application that queues in transactions; its mail is captured. */
  const start = (queue: QueueModuleOptions = {}): Promise<QueueingApplication> =>
    queueing('memory:', { outbox: outbox(), ...queue });

  async function inTransaction<T>(
    how: 'COMMIT' | 'ROLLBACK',
    work: (via: Transaction['via']) => Promise<T>,
  ): Promise<T> {
    const { via, end } = await database.begin();
    const result = await work(via);
    await end(how);
    return result;
  }

  const rows = () => database.own.execute('SELECT id, content, problem FROM mail_outbox ORDER BY id', []);
  const subjects = ({ app }: QueueingApplication): readonly string[] =>
    app.get(MailOutbox).messages.map(({ envelope }) => envelope.to.join());

  it('sends the mail once, after the commit and not before', async () => {
    const application = await start();
    const [announced, sent] = [application.next('mail.queued'), application.next('mail.sent')];
    const { via, end } = await database.begin();
    const queued = await application.mail.queue(mail, { via });
    expect(queued).toMatchObject({ duplicate: false, id: expect.any(String) });
    await application.queue.drain();
    expect(application.names()).toEqual([]);
    await end('COMMIT');
    const { messageId } = await announced;
    expect(messageId).toBe(queued.messageId);
    expect((await sent).messageId).toBe(queued.messageId);
    await application.queue.drain();
    expect(application.names()).toEqual(['mail.queued', 'mail.sending', 'mail.sent']);
    expect(await rows()).toEqual([]);
  });

  it('never sends a mail that was rolled back', async () => {
    const application = await start();
    await inTransaction('ROLLBACK', (via) => application.mail.queue(to('never'), { via }));
    await inTransaction('COMMIT', (via) => application.mail.queue(mail, { via }));
    await application.queue.drain();
    expect(subjects(application)).toEqual(['ada@example.test']);
    expect((await application.queue.stats()).states).toMatchObject({ sent: 1, waiting: 0 });
  });

  it('keeps the options of a mail, and decides about its key after the commit', async () => {
    const application = await start();
    const sendAt = new Date(Date.now() + 3_600_000);
    const expiresAt = new Date(Date.now() + 7_200_000);
    const options = { sendAt, expiresAt, priority: 'low', idempotencyKey: 'order-1' } as const;
    const queue = (via: Transaction['via']) => application.mail.queue(mail, { ...options, via });
    const [first] = [await inTransaction('COMMIT', queue), await inTransaction('COMMIT', queue)];
    await application.queue.drain();
    expect(await application.queue.list()).toMatchObject([
      { state: 'waiting', messageId: first.messageId, priority: 'low', dueAt: sendAt, expiresAt },
    ]);
    expect(await application.mail.queue(mail, { idempotencyKey: 'order-1' })).toMatchObject({
      duplicate: true,
      messageId: first.messageId,
    });
  });

  it('dates a mail by its due time, and one that is sent earlier by its attempt', async () => {
    const application = await start();
    const before = Date.now();
    const delay = 8 * 24 * 3_600_000;
    await inTransaction('COMMIT', (via) => application.mail.queue(mail, { delay, via }));
    await application.queue.drain();
    const outbox = application.app.get(MailOutbox);
    const [queued] = await application.queue.list();
    expect(queued?.dueAt.getTime()).toBeGreaterThanOrEqual(before + delay);
    expect(outbox.queued.map(({ message }) => message.date)).toEqual([queued?.dueAt]);
    await application.queue.retry(queued?.id ?? '');
    await application.queue.drain();
    const sent = outbox.last();
    expect(sent?.date.getTime()).toBeGreaterThanOrEqual(before);
    expect(sent?.date.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('writes the mails of queueMany one after the other', async () => {
    const application = await start();
    const mails = ['a', 'b', 'c'].map(to);
    const { queued, failed } = await inTransaction('COMMIT', async (via) =>
      application.mail.queueMany(mails, { via }),
    );
    expect([queued.length, failed]).toEqual([3, []]);
    await application.queue.drain();
    expect(subjects(application).toSorted()).toEqual(mails.map((each) => each.to));
  });

  it('carries a large attachment, byte for byte', async () => {
    const application = await start();
    const content = randomBytes(24 * 2 ** 20);
    const attachments = [{ filename: 'large.bin', content }];
    await inTransaction('COMMIT', (via) => application.mail.queue({ ...mail, attachments }, { via }));
    await application.queue.drain();
    const [attachment] = application.app.get(MailOutbox).last()?.attachments ?? [];
    expect(attachment?.content.equals(content)).toBe(true);
  });

  it('encrypts the mail in the table too', async () => {
    const application = await start({ encryptionKey: randomBytes(32).toString('hex') });
    const { via, end } = await database.begin();
    await application.mail.queue(mail, { via, idempotencyKey: 'ada' });
    const [row] = await via.execute('SELECT content FROM mail_outbox', []);
    await end('COMMIT');
    await application.queue.drain();
    expect(contentOf(row).includes('ada')).toBe(false);
    expect(subjects(application)).toEqual(['ada@example.test']);
  });

  it('sets an unreadable mail aside, reports it, and sends the rest', async () => {
    const application = await start();
    const log = new LogLines();
    application.app.useLogger(log);
    const { via, end } = await database.begin();
    const { id } = await application.mail.queue(mail, { via });
    const [before] = await via.execute('SELECT content FROM mail_outbox', []);
    const torn = Buffer.from(contentOf(before)).fill(0, 30, 40);
    const placeholders = database.dialect === 'postgres' ? '$1' : '?';
    await via.execute(`UPDATE mail_outbox SET content = ${placeholders}`, [torn]);
    await application.mail.queue(to('next'), { via });
    await end('COMMIT');
    await application.queue.drain();
    expect(subjects(application)).toEqual(['next@example.test']);
    const problem = 'its record does not match its checksum';
    expect(await rows()).toEqual([expect.objectContaining({ id, problem })]);
    expect(log.errors).toEqual([
      expect.stringContaining(`${id} in the table mail_outbox is not sent: ${problem}`),
    ]);
  });

  it('lets no other process have a claimed mail until its lease ends', async () => {
    const executor = database.own;
    const settings = { table: 'mail_outbox', createTable: false, pollInterval: 1 } as const;
    const open = () =>
      new OutboxTable(
        { dialect: database.dialect, executor, ...settings },
        new RecordCipher(undefined),
        () => new Date(),
      );
    const [one, other] = [open(), open()];
    const { id } = await one.add(dueMail(), database.own);
    expect(await one.take()).toMatchObject([{ id }]);
    expect(await other.take()).toEqual([]);
    const [lease] = await database.own.execute('SELECT leased_until FROM mail_outbox', []);
    const seconds = (Number(Object(lease).leased_until) - Date.now()) / 1000;
    expect(Math.round(seconds)).toBe(15);
    await database.own.execute('UPDATE mail_outbox SET leased_until = 1', []);
    expect(await other.take()).toMatchObject([{ id }]);
  });

  it('gives each mail to one of two processes', async () => {
    const applications = [await start(), await start()];
    const names = Array.from({ length: 200 }, (_, n) => `u${n}@example.test`);
    await inTransaction('COMMIT', async (via) => {
      await applications[0]?.mail.queueMany(
        names.map((name) => ({ ...mail, to: name })),
        { via },
      );
    });
    await Promise.all(applications.map(({ queue }) => queue.drain()));
    while ((await rows()).length > 0) await Promise.all(applications.map(({ queue }) => queue.drain()));
    expect(applications.flatMap(subjects).toSorted()).toEqual(names.toSorted());
  });

  it('delivers from the queue like any mail: a dead server costs only time', async () => {
    const gone = await server();
    await gone.close();
    const application = await queueing(at(gone.port), {
      outbox: outbox(),
      path: join(await folder(), 'spool.db'),
    });
    const paused = application.next('mail.paused');
    await inTransaction('COMMIT', (via) => application.mail.queue(mail, { via }));
    await paused;
    const sent = application.next('mail.sent');
    const back = await server(undefined, gone.port);
    await sent;
    expect(back.bodies).toHaveLength(1);
  });

  it('says which table is missing and how to create it', async () => {
    const application = await start({ outbox: outbox({ table: 'other_mails' }) });
    const queued = inTransaction('ROLLBACK', async (via) => {
      const error: unknown = await application.mail.queue(mail, { via }).catch((reason: unknown) => reason);
      return error;
    });
    expect(await queued).toMatchObject({
      code: 'config',
      message: expect.stringContaining(`outboxTableSql('${database.dialect}', 'other_mails')`),
      cause: expect.anything(),
    });
  });

  it('creates the table if the option says so', async () => {
    const application = await start({ outbox: outbox({ table: 'made_mails', createTable: true }) });
    await inTransaction('COMMIT', (via) => application.mail.queue(mail, { via }));
    await application.queue.drain();
    expect(subjects(application)).toEqual(['ada@example.test']);
    await database.own.execute('DROP TABLE made_mails', []);
  });

  it('goes on with the mails of an earlier process', async () => {
    const earlier = await start();
    const { via, end } = await database.begin();
    await earlier.mail.queue(mail, { via });
    await earlier.app.close();
    await end('COMMIT');
    const application = await start();
    await application.queue.drain();
    expect(subjects(application)).toEqual(['ada@example.test']);
  });
});

function contentOf(row: unknown): Buffer {
  if (typeof row === 'object' && row !== null) return new SqliteRow({ ...row }).bytes('content');
  throw new TypeError('no row');
}
