import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MailModule, MailQueueService, MailService, type MailModuleOptions } from 'nest-mailroom';
import { boot, cleanup, folder } from '../support/application.js';
import { at, queueing, server } from '../support/queueing.js';

afterEach(cleanup);

const HOUR = 3_600_000;
const mail = (to: string) => ({ to, subject: 'Hello', text: 'the body' });

async function start(port: number, options: MailModuleOptions) {
  const module = MailModule.forRoot({
    from: 'app@example.test',
    transport: at(port),
    verify: 'off',
    ...options,
  });
  const app = await boot([module]);
  return { service: app.get(MailService), queue: app.get(MailQueueService) };
}

test('queued mails go out as fast as their mailer may send, and the rest wait without an attempt', async () => {
  const smtp = await server();
  const { service, queue } = await start(smtp.port, { rateLimit: { max: 2, per: HOUR } });
  const to = [1, 2, 3].map((index) => `u${index}@example.test`);
  const queued = await Promise.all(to.map((address) => service.queue(mail(address))));
  while ((await queue.stats()).states.sent < 2) await nextTurn();
  const waiting = await queue.list({ state: 'waiting' });
  expect(waiting.map(({ attempts }) => attempts)).toEqual([[]]);
  // It was not even taken and given back.
  expect(queued.map(({ dueAt }) => dueAt)).toContainEqual(waiting[0]?.dueAt);
  await expect(service.send(mail('ada@example.test'))).rejects.toMatchObject({
    code: 'rate-limited',
    retryable: true,
    outcome: 'not-sent',
    message: expect.stringContaining('2 mails in 3600000 ms'),
  });
  expect(smtp.bodies).toHaveLength(2);
});

test('send() waits for its turn if it comes in time', async () => {
  const smtp = await server();
  const { service } = await start(smtp.port, { rateLimit: { max: 1, per: 20 } });
  const { sent } = await service.sendMany([1, 2, 3].map((index) => mail(`u${index}@example.test`)));
  expect(sent).toHaveLength(3);
});

test('a mailer that inherits limit and transport shares them; one with a limit of its own does not', async () => {
  const smtp = await server();
  const limit = { max: 1, per: HOUR };
  const { service } = await start(smtp.port, {
    rateLimit: limit,
    mailers: { same: {}, own: { rateLimit: { ...limit } } },
  });
  await service.send(mail('ada@example.test'));
  await service.mailer('own').send(mail('ada@example.test'));
  const refused = { code: 'rate-limited' };
  await expect(service.mailer('same').send(mail('ada@example.test'))).rejects.toMatchObject(refused);
});

test('a domain at its limit does not hold up the others', async () => {
  const smtp = await server();
  const {
    mail: service,
    queue,
    next,
  } = await queueing(at(smtp.port), {
    domainLimits: { 'slow.test': { max: 1, per: HOUR } },
  });
  const first = next('mail.sent');
  await service.queue(mail('x@slow.test'));
  await first;
  const { id } = await service.queue(mail('y@slow.test'));
  const other = next('mail.sent');
  await service.queue(mail('ada@example.test'));
  expect((await other).receipt.accepted).toEqual(['ada@example.test']);
  await queue.drain();
  expect(await queue.get(id)).toMatchObject({ state: 'waiting', attempts: [] });
});

test('processes on one spool keep one limit, for send() and the queue, in recipients', async () => {
  const smtp = await server();
  const rateLimit = { max: 4, per: HOUR, count: 'recipients' } as const;
  const path = join(await folder(), 'spool.db');
  const process = () => queueing(at(smtp.port), { path, deliver: false }, { rateLimit });
  const [one, other] = [await process(), await process()];
  await one.mail.send({ ...mail('a@example.test'), to: ['a@example.test', 'b@example.test'] });
  await other.mail.send(mail('c@example.test'));
  const three = { ...mail('x@example.test'), cc: ['y@example.test', 'z@example.test'] };
  await expect(one.mail.send(three)).rejects.toMatchObject({
    code: 'rate-limited',
    message: expect.stringContaining('to 4 recipients in 3600000 ms'),
  });
  const worker = await queueing(at(smtp.port), { path }, { rateLimit });
  const sent = worker.next('mail.sent');
  await one.mail.queue(mail('d@example.test'));
  await sent;
  const { id } = await one.mail.queue(mail('e@example.test'));
  await expect(other.mail.send(mail('f@example.test'))).rejects.toMatchObject({ code: 'rate-limited' });
  expect(await worker.queue.get(id)).toMatchObject({ state: 'waiting', attempts: [] });
  expect(smtp.bodies).toHaveLength(3);
});
