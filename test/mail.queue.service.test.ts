import { cleanup } from './support/application.js';
import { at, atFirst, queueing, server } from './support/queueing.js';

afterEach(cleanup);

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
