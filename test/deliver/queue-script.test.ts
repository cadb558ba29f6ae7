import { join } from 'node:path';
import { cleanup, folder } from '../support/application.js';
import { freePort, until } from '../support/example-process.js';
import { LogLines } from '../support/log-lines.js';
import { at, atFirst, queueing, server } from '../support/queueing.js';
import { QueueProcess, type QueueProcessSettings } from '../support/queue-process.js';
import { SILENCE } from '../support/scripted-server.js';

afterEach(cleanup);

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };
const spoolPath = async (): Promise<string> => join(await folder(), 'spool.db');
const states = async (path: string): Promise<object> => {
  const { queue } = await queueing('memory:', { path, deliver: false });
  return (await queue.stats()).states;
};

test.each<[string, QueueProcessSettings]>([
  ['closes the application', { ends: 'close' }],
  ['just ends', { ends: 'alone' }],
])('a script that queues and %s delivers what it queued first', async (_how, settings) => {
  const [smtp, path, count] = [await server(), await spoolPath(), 30];
  const script = new QueueProcess({ path, port: smtp.port, count }, settings);
  expect(await script.exit).toEqual([0, null]);
  expect(smtp.bodies).toHaveLength(count);
  expect(await states(path)).toMatchObject({ sent: count, waiting: 0 });
});

test.each<[string, QueueProcessSettings]>([
  ['closes the application', { ends: 'close' }],
  ['just ends', { ends: 'alone' }],
])(
  'a script that queues and %s is not held by a server that is away: its mails wait',
  async (_how, settings) => {
    const [path, count] = [await spoolPath(), 3];
    // Longer than the test may take.
    const script = new QueueProcess(
      { path, port: await freePort(), count },
      { ...settings, shutdownTimeout: 600_000 },
    );
    expect(await script.exit).toEqual([0, null]);
    expect(await states(path)).toMatchObject({ waiting: count, sent: 0 });
  },
);

test('a shutdown logs that it waits, and the mails that it leaves', async () => {
  const smtp = await server(atFirst(1, /^RCPT/, SILENCE));
  const { app, mail: service } = await queueing(
    at(smtp.port),
    { path: await spoolPath(), concurrency: 1 },
    { shutdownTimeout: 50 },
  );
  const log = new LogLines();
  app.useLogger(log);
  await service.queue(mail);
  await service.queue(mail);
  await service.queue(mail, { delay: 60_000 });
  await smtp.saw('RCPT');
  await app.close();
  expect(log.logs.filter((line) => line.startsWith('mail.'))).toEqual([
    'mail.shutdown: The shutdown waits for mails, at most 50 ms. Mails: 2.',
    'mail.shutdown: The shutdown leaves mails of this process that are due in the queue (spool): who opens it next sends them. Mails: 2.',
  ]);
  expect(log.warnings).toEqual([
    'mail.shutdown: The shutdown gives up mails under way: shutdownTimeout (50 ms) is over. Mails: 1.',
  ]);
});

test('mails of other processes and mails for later do not hold up a shutdown', async () => {
  const [smtp, path] = [await server(), await spoolPath()];
  const other = await queueing('memory:', { path, deliver: false });
  const { app, mail: service, queue } = await queueing(at(smtp.port), { path }, { shutdownTimeout: 600_000 });
  await service.queue(mail, { delay: 60_000 });
  queue.pause();
  await other.mail.queue(mail);
  await app.close();
  expect((await other.queue.stats()).states).toMatchObject({ waiting: 2, sent: 0 });
});

test('mails that wait in memory when the application closes are reported as lost', async () => {
  const { app, mail: service } = await queueing('memory:');
  const log = new LogLines();
  app.useLogger(log);
  await service.queue(mail, { delay: 60_000 });
  await app.close();
  expect(log.warnings).toEqual([
    'mail.shutdown: The shutdown leaves mails in a queue in memory: they are lost. Mails: 1.',
  ]);
});

test('a process that listens for signals stays, whether it has mails to send or not', async () => {
  const [smtp, path] = [await server(), await spoolPath()];
  const worker = new QueueProcess({ path, port: smtp.port, count: 0 }, { stays: true });
  await worker.said('queued');
  const { mail: service } = await queueing('memory:', { path, deliver: false });
  for (const n of [1, 2]) {
    // Longer than an idle script stays.
    await service.queue(mail, { delay: 2_500 });
    await until(() => smtp.bodies.length === n);
  }
  worker.terminate();
  expect(await worker.exit).toEqual([null, 'SIGTERM']);
});
