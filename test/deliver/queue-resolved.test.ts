import type { MailerOptions, MailerResolver, QueueModuleOptions } from 'nest-mailroom';
import { TestProviderServer } from 'nest-mailroom/testing';
import { MAILROOM } from '../../src/mail.tokens.js';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { at, atFirst, queueing, server, shortPauses } from '../support/queueing.js';
import { Tenants } from '../support/tenants.js';

const MAIL = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

beforeEach(shortPauses);
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

function resolverOf(tenants: Tenants) {
  return class implements MailerResolver {
    async resolve(name: string): Promise<MailerOptions | undefined> {
      tenants.asked.push(name);
      await tenants.answer();
      return tenants.options.get(name);
    }
  };
}

const QUEUES: ReadonlyArray<readonly [string, () => Promise<QueueModuleOptions>]> = [
  ['memory', () => Promise.resolve({})],
  ['spool', async () => ({ driver: 'spool', path: `${await folder()}/spool.db` })],
];

async function sendgrid(): Promise<TestProviderServer> {
  const started = await TestProviderServer.start('sendgrid');
  afterCleanup(() => started.close());
  return started;
}

describe.each(QUEUES)('queued mails of resolved mailers: %s', (name, place) => {
  async function application(
    options: Record<string, MailerOptions>,
    queue: QueueModuleOptions = {},
    tenants = new Tenants(),
  ) {
    for (const [tenant, own] of Object.entries(options)) tenants.options.set(tenant, own);
    const own = { retryDelays: [5], ...(await place()), ...queue };
    const app = await queueing('memory:', own, { resolver: resolverOf(tenants), shutdownTimeout: 200 });
    return { ...app, tenants };
  }

  test('go over the transport of their tenant, beside those of configured mailers', async () => {
    const [one, two] = [await sendgrid(), await server()];
    const { mail, queue } = await application({
      'tenant:1': { transport: one.url },
      'tenant:2': { transport: at(two.port) },
    });
    for (const name of ['tenant:1', 'tenant:2', 'default']) await mail.mailer(name).queue(MAIL);
    await queue.drain();
    const entries = await queue.list();
    expect(entries.map(({ mailer, state }) => `${mailer} ${state}`).toSorted()).toEqual([
      'default sent',
      'tenant:1 sent',
      'tenant:2 sent',
    ]);
    expect([one.mails.length, two.bodies.length]).toEqual([1, 1]);
  });

  test('wait alone while their server fails, and go once it works', async () => {
    const [bad, good] = [await server(atFirst(4, /^BANNER/, '421 4.3.2 shutting down')), await server()];
    const { mail, queue, next } = await application({
      bad: { transport: at(bad.port) },
      good: { transport: at(good.port) },
    });
    const [paused, resumed] = [next('mail.paused'), next('mail.resumed')];
    for (let index = 0; index < 3; index += 1)
      for (const name of ['bad', 'good']) await mail.mailer(name).queue(MAIL);
    expect((await paused).mailer).toBe('bad');
    expect((await resumed).mailer).toBe('bad');
    await queue.drain();
    const entries = await queue.list();
    expect(entries.map(({ state, attempts }) => `${state} ${attempts.length}`)).toEqual(
      Array<string>(6).fill('sent 1'),
    );
    expect([bad.bodies.length, good.bodies.length]).toEqual([3, 3]);
  });

  test('of a name that nobody knows wait until they expire', async () => {
    const { mail, queue, next, tenants } = await application({ t: {}, other: {} });
    queue.pause();
    const expiresAt = new Date(Date.now() + 1_000);
    const { id } = await mail.mailer('t').queue(MAIL, { expiresAt });
    tenants.options.delete('t');
    const [paused, expired] = [next('mail.paused'), next('mail.expired')];
    queue.resume();
    expect(await paused).toMatchObject({ mailer: 't', error: { code: 'config' } });
    await mail.mailer('other').queue(MAIL);
    expect(await expired).toMatchObject({ mailer: 't', id });
    expect(await queue.get(id)).toMatchObject({
      state: 'expired',
      attempts: [{ error: { code: 'config', outcome: 'not-sent' } }],
    });
    expect((await queue.stats()).states).toMatchObject({ sent: 1 });
  });

  test('of a name that is found again go out', async () => {
    const { mail, queue, next, tenants } = await application({ t: {} });
    queue.pause();
    const { id } = await mail.mailer('t').queue(MAIL);
    tenants.options.delete('t');
    const [paused, sent] = [next('mail.paused'), next('mail.sent')];
    queue.resume();
    await paused;
    expect((await queue.stats()).pauses.map(({ mailer }) => mailer)).toEqual(['t']);
    tenants.options.set('t', {});
    await sent;
    await queue.drain();
    expect((await queue.get(id))?.state).toBe('sent');
    expect((await queue.stats()).pauses).toEqual([]);
  });

  test('wait while the resolver fails', async () => {
    const { mail, queue, next, tenants } = await application({ t: {} });
    queue.pause();
    await mail.mailer('t').queue(MAIL);
    tenants.answer = () => Promise.reject(new Error('no database'));
    const [paused, sent] = [next('mail.paused'), next('mail.sent')];
    queue.resume();
    expect((await paused).error.code).toBe('transport-unavailable');
    tenants.answer = () => Promise.resolve();
    await sent;
  });

  test('are neither lost nor doubled when the credentials change', async () => {
    const provider = await sendgrid();
    const { mail, queue, tenants } = await application({ t: { transport: provider.url }, u: {} });
    const count = 200;
    for (let index = 0; index < count; index += 1) {
      await mail.mailer('t').queue({ ...MAIL, subject: `${index}` });
      if (index % 40 !== 20) continue;
      provider.key = `SG.other-${index}`;
      tenants.options.set('t', { transport: provider.url });
    }
    await queue.drain();
    expect((await queue.stats()).states).toMatchObject({ sent: count, waiting: 0, sending: 0 });
    expect(provider.mails).toHaveLength(count);
  });

  test('go out while the server of another mailer hangs', async () => {
    const [hung, good] = [await sendgrid(), await sendgrid()];
    hung.always('silence');
    const { mail, queue, next } = await application({
      hung: { transport: hung.url },
      good: { transport: good.url },
    });
    queue.pause();
    for (const name of ['hung', 'good']) {
      await mail.mailer(name).queueMany(Array.from({ length: 60 }, () => MAIL));
    }
    queue.resume();
    while (good.mails.length < 60) await next('mail.sent');
    expect(hung.mails).toHaveLength(0);
    expect(hung.requests.length).toBeLessThanOrEqual(10);
  });

  test('do not hold up a shutdown while the resolver hangs', async () => {
    const { app, mail, queue, tenants } = await application({ t: {} });
    queue.pause();
    await mail.mailer('t').queue(MAIL);
    const asked = new Promise<void>((resolve) => {
      tenants.answer = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    queue.resume();
    await asked;
    await app.close();
  });

  // The queue of tests looks through all of its mails for each claim.
  if (name === 'spool')
    test('of many tenants go out once each, and their transports do not stay', async () => {
      const provider = await sendgrid();
      const names = Array.from({ length: 600 }, (_, index) => `tenant:${index}`);
      const options = { transport: provider.url };
      const { app, mail, queue } = await application(
        Object.fromEntries(names.map((name) => [name, options])),
      );
      queue.pause();
      for (const name of [...names, ...names]) await mail.mailer(name).queue(MAIL);
      queue.resume();
      await queue.drain();
      const entries = await queue.list({ limit: 5_000 });
      expect(entries.filter(({ state, attempts }) => state === 'sent' && attempts.length === 1)).toHaveLength(
        1_200,
      );
      expect(provider.mails).toHaveLength(1_200);
      const { resolution } = app.get<{ resolution: { openCount: number } }>(MAILROOM);
      expect(resolution.openCount).toBeLessThanOrEqual(501);
    });
});

test('another process finds the transport of what this one queued', async () => {
  const [provider, path] = [await sendgrid(), `${await folder()}/spool.db`];
  const tenants = new Tenants();
  tenants.options.set('t', { transport: provider.url });
  const more = { resolver: resolverOf(tenants) };
  const { app, mail } = await queueing('memory:', { driver: 'spool', path, deliver: false }, more);
  await mail.mailer('t').queue(MAIL);
  await app.close();
  const other = await queueing('memory:', { driver: 'spool', path }, more);
  await other.queue.drain();
  expect(provider.mails).toHaveLength(1);
});
