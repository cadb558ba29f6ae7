import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { MailOutbox, outboxTableSql, type QueueOutboxOptions } from 'nest-mailroom';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { openPostgres } from '../support/databases.js';
import { at, queueing, server } from '../support/queueing.js';
import { COMPILED } from '../support/spool-thread.js';

const SCRIPT = join(__dirname, 'outbox-process.mjs');
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

let database: Awaited<ReturnType<typeof openPostgres>>;

beforeAll(async () => {
  database = await openPostgres();
});
beforeEach(() => database.own.execute(outboxTableSql('postgres'), []));
afterEach(async () => {
  await cleanup();
  await database.own.execute('DROP TABLE mail_outbox', []);
});
afterAll(() => database.close());

const outbox = (): QueueOutboxOptions => ({ dialect: 'postgres', ...database.own, pollInterval: 10 });
const messageIdOf = (body: string): string | undefined => /^Message-ID: (.*)$/m.exec(body)?.[1];
const rows = () => database.own.execute('SELECT id FROM mail_outbox', []);

/** What the module has to say of faults, each line once it is there. */
function faults(): { readonly lines: readonly string[]; next(): Promise<string> } {
  const lines: string[] = [];
  let heard: (line: string) => void = () => undefined;
  const spy = jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => {
    lines.push(String(line));
    heard(String(line));
  });
  afterCleanup(() => Promise.resolve(spy.mockRestore()));
  return { lines, next: () => new Promise((resolve) => void (heard = resolve)) };
}

test('an absent database is reported once, and nothing is lost', async () => {
  const { lines, next } = faults();
  const earlier = await queueing('memory:', { outbox: outbox() });
  const { via, end } = await database.begin();
  await earlier.mail.queue(mail, { via });
  await earlier.app.close();
  await end('COMMIT');
  await database.server.stop();
  const told = next();
  const { app, next: event, mail: service, queue } = await queueing('memory:', { outbox: outbox() });
  expect(await told).toMatch(/Mails wait in the table mail_outbox .*The database failed/);
  const sent = event('mail.sent');
  await database.server.start();
  await sent;
  await queue.drain();

  const toldAgain = next();
  await database.server.stop();
  await toldAgain;
  await database.server.start();
  const transaction = await database.begin();
  await service.queue({ ...mail, to: 'next@example.test' }, { via: transaction.via });
  await transaction.end('COMMIT');
  await queue.drain();
  const arrived = app.get(MailOutbox).messages.flatMap(({ envelope }) => envelope.to);
  expect(arrived).toEqual(['ada@example.test', 'next@example.test']);
  expect(lines).toHaveLength(2);
});

test('kill -9 between the queue and the table: each mail is sent once', async () => {
  const smtp = await server();
  const path = join(await folder(), 'spool.db');
  const { host } = database.server.connection;
  const child = spawn(process.execPath, [SCRIPT, COMPILED, host, path, String(smtp.port), '20'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  const left = await rows();
  expect(left.length).toBeGreaterThan(0);
  // Its lease is over.
  await database.own.execute('UPDATE mail_outbox SET leased_until = 1', []);
  const { queue } = await queueing(at(smtp.port), { path, outbox: outbox() });
  while ((await rows()).length > 0) await queue.drain();
  await queue.drain();
  expect((await queue.stats()).states).toMatchObject({ sent: 20, waiting: 0 });
  expect(new Set(smtp.bodies.map(messageIdOf)).size).toBe(20);
  expect(smtp.bodies).toHaveLength(20);
});
