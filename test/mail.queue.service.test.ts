import { cleanup } from './support/application.js';
import { MailError } from 'nest-mailroom';
import { PAUSES } from '../src/transport/circuit-breaker.js';
import { until } from './support/example-process.js';
import { KeepingTransport } from './support/keeping-transport.js';
import { at, atFirst, queueing, server } from './support/queueing.js';

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };
const later = { delay: 3_600_000 };

describe('MailQueueService', () => {
  it('shows what waits, newest first, and by what is asked for', async () => {
    const { mail: service, queue } = await queueing('memory:');
    await service.queue(mail, later);
    const { id } = await service.queue({ ...mail, to: 'bob@example.test', subject: 'Second' }, later);
    expect((await queue.stats()).states).toMatchObject({ waiting: 2, sent: 0 });
    const all = await queue.list();
    expect(all.map(({ subject }) => subject)).toEqual(['Second', 'Hello']);
    expect(await queue.list({ to: 'bob@example.test' })).toEqual([await queue.get(id)]);
    expect(await queue.list({ state: 'sent' })).toEqual([]);
    expect(await queue.list({ limit: 1 })).toHaveLength(1);
    expect(await queue.get('nothing')).toBeUndefined();
  });

  it('sends a mail again that was given up', async () => {
    const smtp = await server(atFirst(1, /^RCPT/, '550 5.1.1 nobody'));
    const { mail: service, queue, next } = await queueing(at(smtp.port));
    const dead = next('mail.dead');
    const { id } = await service.queue(mail);
    await dead;
    expect(await queue.get(id)).toMatchObject({
      state: 'dead',
      attempts: [{ accepted: [], error: { code: 'recipients-rejected' } }],
    });
    const sent = next('mail.sent');
    expect(await queue.retry(id)).toBe(1);
    await sent;
    await queue.drain();
    expect(await queue.get(id)).toMatchObject({
      state: 'sent',
      attempts: [
        { accepted: [] },
        { accepted: ['ada@example.test'], response: expect.stringContaining('250') },
      ],
    });
    expect(await queue.retry({ state: 'sent' })).toBe(0);
  });

  it('cancels what waits', async () => {
    const { mail: service, queue } = await queueing('memory:');
    const { id } = await service.queue(mail, later);
    expect(await queue.cancel({ to: 'bob@example.test' })).toBe(0);
    expect(await queue.cancel(id)).toBe(1);
    expect(await queue.get(id)).toMatchObject({ state: 'cancelled' });
    expect(await queue.cancel(id)).toBe(0);
  });

  it('begins nothing while it is paused', async () => {
    const smtp = await server();
    const { mail: service, queue, next } = await queueing(at(smtp.port));
    queue.pause();
    const { id } = await service.queue(mail);
    expect(await queue.get(id)).toMatchObject({ state: 'waiting' });
    const sent = next('mail.sent');
    queue.resume();
    await sent;
    expect(smtp.bodies).toHaveLength(1);
  });

  it('tells which mailers are held up by their transport, why and until when', async () => {
    for (const pause of ['first', 'login', 'longest'] as const) jest.replaceProperty(PAUSES, pause, 500);
    const smtp = await server(atFirst(1, /^AUTH/, '535 5.7.8 no'));
    const login = { username: 'app', password: 'secret' };
    const { mail: service, queue, next } = await queueing({ ...at(smtp.port), ...login });
    const [released, startedAt] = [next('mail.released'), Date.now()];
    expect((await queue.stats()).pauses).toEqual([]);
    const { id } = await service.queue(mail);
    await expect(released).resolves.toMatchObject({ id, error: { code: 'authentication' } });
    const [pause] = (await queue.stats()).pauses;
    expect(pause).toMatchObject({ mailer: 'default', error: { code: 'authentication' } });
    expect(pause?.retryAt.getTime()).toBeGreaterThan(startedAt);
    expect(await queue.get(id)).toMatchObject({ state: 'waiting', attempts: [] });
    await until(async () => (await queue.stats()).pauses.length === 0);
    expect(await queue.get(id)).toMatchObject({ state: 'sent' });
  });

  it('keeps a mail for as long as the next hop asked to be left alone', async () => {
    const transport = new KeepingTransport();
    const busy = new MailError('message-rejected', 'busy', { retryable: true, retryAfterMs: 900_000 });
    jest.spyOn(transport, 'send').mockRejectedValueOnce(busy);
    const { mail: service, queue, next } = await queueing(transport, { retryDelays: [5] });
    const deferred = next('mail.deferred');
    await service.queue(mail);
    expect((await deferred).dueAt.getTime()).toBeGreaterThan(Date.now() + 800_000);
    await queue.cancel({});
  });

  it('says how to get a queue where there is none', async () => {
    const { queue } = await queueing('memory:', { driver: 'off' });
    for (const asked of [queue.stats(), queue.list(), queue.get('x'), queue.retry('x'), queue.cancel('x')]) {
      await expect(asked).rejects.toMatchObject({ code: 'config' });
    }
  });

  it('refuses a limit that is none', async () => {
    const { queue } = await queueing('memory:');
    await expect(queue.list({ limit: 0 })).rejects.toMatchObject({ code: 'message-invalid' });
  });
});
