import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Logger } from '@nestjs/common';
import type { MailModuleOptions, QueueOptions } from 'nest-mailroom';
import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import { ThreadChannel } from '../../src/queue/spool/channel/thread-channel.js';
import { cleanup, folder } from '../support/application.js';
import { until } from '../support/example-process.js';
import { at, atFirst, queueing, type QueueingApplication, server, shortPauses } from '../support/queueing.js';
import { DROP, type Script, type ScriptedServer, SILENCE } from '../support/scripted-server.js';

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

beforeEach(shortPauses);
afterEach(async () => {
  jest.useRealTimers();
  await cleanup();
  jest.restoreAllMocks();
});

const spoolPath = async (): Promise<string> => join(await folder(), 'spool.db');

const messageIds = ({ bodies }: ScriptedServer): ReadonlyArray<string | undefined> =>
  bodies.map((body) => /^Message-ID: (.*)$/m.exec(body)?.[1]);

/** Who was sent to, in the order of their RCPT commands. */
const recipients = ({ lines }: ScriptedServer): readonly string[] =>
  lines.flatMap((line) => /^RCPT TO:<(.*?)@/.exec(line)?.[1] ?? []);

describe('an answer that does not come', () => {
  test.each(['RCPT', 'DATA'])('a connection that breaks at %s does not affect the mail', async (command) => {
    const smtp = await server(atFirst(2, new RegExp(`^${command}`), DROP));
    const { mail: service, queue } = await queueing(at(smtp.port));
    const { id, messageId } = await service.queue(mail);
    await until(async () => (await queue.get(id))?.state === 'sent');
    expect((await queue.get(id))?.attempts).toHaveLength(1);
    expect(messageIds(smtp)).toEqual([messageId]);
  });

  const hanging = async (script: Script, onAmbiguous: 'retry' | 'hold') => {
    const smtp = await server(script);
    const started = await queueing(
      { ...at(smtp.port), poolSize: 1 },
      { retryDelays: [5], onAmbiguous },
      FAST,
    );
    return { smtp, ...started };
  };
  const FAST: MailModuleOptions = { timeout: 1_000 };

  test.each<[string, Script]>([
    ['silence', atFirst(1, /^END/, SILENCE)],
    ['a trickle', atFirst(1, /^END/, { trickle: '250-still here' })],
  ])(
    '%s after the body: sent again with the same Message-ID, and the others get through',
    async (_, script) => {
      const { smtp, mail: service, queue, next } = await hanging(script, 'retry');
      const deferred = next('mail.deferred');
      const { id, messageId } = await service.queue(mail);
      await service.queue({ ...mail, to: 'bob@example.test' });
      await expect(deferred).resolves.toMatchObject({ id, error: { code: 'ambiguous', outcome: 'unknown' } });
      await until(async () => (await queue.stats()).states.sent === 2);
      expect(messageIds(smtp).filter((found) => found === messageId)).toHaveLength(2);
      expect(smtp.bodies).toHaveLength(3);
    },
  );

  test('silence after the body: held, if the option says so', async () => {
    const { smtp, mail: service, queue, next } = await hanging(atFirst(1, /^END/, SILENCE), 'hold');
    const ambiguous = next('mail.ambiguous');
    const { id } = await service.queue(mail);
    await ambiguous;
    expect(await queue.get(id)).toMatchObject({
      state: 'ambiguous',
      attempts: [{ error: { outcome: 'unknown' } }],
    });
    expect(smtp.bodies).toHaveLength(1);
  });
});

test('an unanswered RSET does not stop the others', async () => {
  const smtp = await server((line) => {
    if (line.startsWith('RSET')) return SILENCE;
    return line.includes('<no') ? '550 5.1.1 nobody here' : undefined;
  });
  const { mail: service, queue } = await queueing({ ...at(smtp.port), connectTimeout: 300 });
  for (let n = 0; n < 6; n += 1) await service.queue({ ...mail, to: `no${n}@example.test` });
  const { id } = await service.queue(mail);
  await until(async () => (await queue.get(id))?.state === 'sent');
  await until(async () => (await queue.stats()).states.dead === 6);
});

describe('an answer that is not an SMTP reply', () => {
  const STRANGE = ['<html>oops</html>', '999 x', '150 x', '354 x', '250-fine\r\n550 no'];

  test.each(['MAIL', 'RCPT', 'DATA'].flatMap((command) => STRANGE.map((answer) => [command, answer])))(
    'to %s costs the mail no attempt: %j',
    async (command = '', answer = '') => {
      // 354 is what DATA is to be answered with.
      const said = command === 'DATA' && answer.startsWith('354') ? '334 x' : answer;
      const smtp = await server(atFirst(1, new RegExp(`^${command}`), said));
      const { mail: service, queue } = await queueing(at(smtp.port));
      const { id, messageId } = await service.queue(mail);
      await until(async () => (await queue.get(id))?.state === 'sent');
      expect((await queue.get(id))?.attempts).toHaveLength(1);
      expect(messageIds(smtp)).toEqual([messageId]);
    },
  );

  test.each(STRANGE)('after the body: sent again with the same Message-ID: %j', async (answer) => {
    const smtp = await server(atFirst(1, /^END/, answer));
    const { mail: service, queue, next } = await queueing(at(smtp.port));
    const deferred = next('mail.deferred');
    const { id, messageId } = await service.queue(mail);
    await expect(deferred).resolves.toMatchObject({ id, error: { code: 'ambiguous', outcome: 'unknown' } });
    await until(async () => (await queue.get(id))?.state === 'sent');
    expect(messageIds(smtp)).toEqual([messageId, messageId]);
  });

  test.each(STRANGE)('after the body: held, if the option says so: %j', async (answer) => {
    const smtp = await server(atFirst(1, /^END/, answer));
    const held = await queueing(at(smtp.port), { retryDelays: [5], onAmbiguous: 'hold' });
    const ambiguous = held.next('mail.ambiguous');
    const { id } = await held.mail.queue(mail);
    await ambiguous;
    expect(await held.queue.get(id)).toMatchObject({ state: 'ambiguous', attempts: [{ accepted: [] }] });
    expect(smtp.bodies).toHaveLength(1);
  });
});

test.each(['552 5.5.3 enough', '550 5.5.3 enough', '552 enough'])(
  'more recipients than the server takes at a time (%s): all are reached, each once',
  async (answer) => {
    let taken = 0;
    const smtp = await server((line) => {
      if (line.startsWith('MAIL')) taken = 0;
      if (!line.startsWith('RCPT')) return undefined;
      taken += 1;
      return taken > 3 ? answer : undefined;
    });
    const { mail: service, queue } = await queueing(at(smtp.port));
    const to = Array.from({ length: 10 }, (_, n) => `u${n}@example.test`);
    const { id } = await service.queue({ ...mail, to });
    await until(async () => (await queue.get(id))?.state === 'sent');
    const attempts = (await queue.get(id))?.attempts ?? [];
    expect(attempts.flatMap(({ accepted }) => accepted).toSorted()).toEqual(to);
    expect(smtp.bodies).toHaveLength(4);
  },
);

test('an application that closes in the middle of a send gives the mail back, with no attempt counted', async () => {
  const smtp = await server(atFirst(1, /^RCPT/, SILENCE));
  const path = await spoolPath();
  const { app, mail: service } = await queueing(at(smtp.port), { path }, { shutdownTimeout: 20 });
  const { id, messageId } = await service.queue(mail);
  await smtp.saw('RCPT');
  await app.close();
  const { queue } = await queueing(at(smtp.port), { path });
  await queue.drain();
  expect(await queue.get(id)).toMatchObject({ state: 'sent', attempts: [{ accepted: [mail.to] }] });
  expect(messageIds(smtp)).toEqual([messageId]);
});

test('a template that is deleted before the next attempt changes nothing: the same bytes', async () => {
  const templates = await folder({
    'welcome.hbs': '---\nsubject: Hi {{name}}\n---\n<p>Welcome, {{name}}</p>',
  });
  const smtp = await server(atFirst(1, /^END/, '451 4.3.0 later'));
  const path = await spoolPath();
  const first = await queueing(
    at(smtp.port),
    { path, retryDelays: [100] },
    { templates: { dir: templates } },
  );
  const deferred = first.next('mail.deferred');
  await first.mail.queue({ to: mail.to, template: 'welcome', context: { name: 'Ada' } });
  await deferred;
  await first.app.close();
  await rm(join(templates, 'welcome.hbs'));
  await queueing(at(smtp.port), { path }, { templates: { dir: templates } });
  await until(() => smtp.bodies.length === 2);
  expect(smtp.bodies[0]).toContain('Welcome, Ada');
  expect(new Set(smtp.bodies).size).toBe(1);
});

const ALL_BUT_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;

describe('a clock that jumps', () => {
  const DAY = 24 * 3_600_000;
  const COUNT = 20;
  const DELAY = 60_000;
  const LONGEST_DELAY = DELAY * 1.2 + 1_000;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: [...ALL_BUT_DATE] });
  });

  /** Mails that wait for their second attempt, at a server that takes them when it is told. */
  async function waiting() {
    const state = { isBusy: true };
    const smtp = await server((line) =>
      line.startsWith('RCPT') && state.isBusy ? '451 4.7.1 later' : undefined,
    );
    const started = await queueing(at(smtp.port), { path: await spoolPath(), retryDelays: [DELAY] });
    for (let n = 0; n < COUNT; n += 1) await started.mail.queue({ ...mail, to: `u${n}@example.test` });
    await deferrals(started, COUNT);
    return { smtp, state, ...started };
  }

  const deferrals = ({ names }: QueueingApplication, count: number): Promise<void> =>
    until(() => names().filter((name) => name === 'mail.deferred').length === count);

  test('forward by a day: every mail is tried once, not more, and none expires', async () => {
    const { smtp, state, queue, ...started } = await waiting();
    jest.setSystemTime(Date.now() + DAY);
    queue.resume();
    await deferrals({ queue, ...started }, 2 * COUNT);
    await queue.drain();
    expect(recipients(smtp)).toHaveLength(2 * COUNT);
    state.isBusy = false;
    jest.setSystemTime(Date.now() + LONGEST_DELAY);
    queue.resume();
    await until(async () => (await queue.stats()).states.sent === COUNT);
    expect(smtp.bodies).toHaveLength(COUNT);
    expect(started.names()).not.toContain('mail.expired');
  });

  /** Mails that nobody has tried yet, and three days later. */
  async function untried(options: QueueOptions) {
    const smtp = await server();
    const started = await queueing(at(smtp.port), { path: await spoolPath() });
    started.queue.pause();
    for (let n = 0; n < COUNT; n += 1)
      await started.mail.queue({ ...mail, to: `u${n}@example.test` }, options);
    jest.setSystemTime(Date.now() + 3 * DAY);
    return { smtp, ...started };
  }

  test('forward by three days: a mail that was never tried is tried, however late', async () => {
    const { smtp, queue } = await untried({});
    queue.resume();
    await until(async () => (await queue.stats()).states.sent === COUNT);
    expect(smtp.bodies).toHaveLength(COUNT);
  });

  test('the same with expiresAt: the mail expires', async () => {
    const { smtp, queue } = await untried({ expiresAt: new Date(Date.now() + DAY) });
    queue.resume();
    await until(async () => (await queue.stats()).states.expired === COUNT);
    expect(smtp.bodies).toEqual([]);
  });

  test('the same while the server is away: the mail waits for its attempt', async () => {
    const { smtp, queue, ...started } = await untried({});
    await smtp.close();
    const paused = started.next('mail.paused');
    queue.resume();
    await paused;
    expect((await queue.stats()).states.expired).toBe(0);
    await server(undefined, smtp.port);
    await until(async () => (await queue.stats()).states.sent === COUNT);
  });

  test('the same after an attempt: the mail expires', async () => {
    const { state, queue } = await waiting();
    state.isBusy = false;
    jest.setSystemTime(Date.now() + 3 * DAY);
    queue.resume();
    await until(async () => (await queue.stats()).states.expired === COUNT);
    await queue.retry({ state: 'expired' });
    await until(async () => (await queue.stats()).states.sent === COUNT);
  });

  test('back by a day: every mail waits as long as planned, and no day longer', async () => {
    const { smtp, state, queue } = await waiting();
    const before = new Date();
    jest.setSystemTime(Date.now() - DAY);
    queue.resume();
    await until(async () => (await queue.list()).every(({ dueAt }) => dueAt < before));
    expect(recipients(smtp)).toHaveLength(COUNT);
    state.isBusy = false;
    jest.setSystemTime(Date.now() + LONGEST_DELAY);
    queue.resume();
    await until(async () => (await queue.stats()).states.sent === COUNT);
    expect(smtp.bodies).toHaveLength(COUNT);
  });
});

test('a flood is kept on disk and not in memory, and a one-time code overtakes it', async () => {
  const [count, size] = [2_500, 20_000];
  const smtp = await server();
  const { mail: service, queue } = await queueing(at(smtp.port), { path: await spoolPath() });
  queue.pause();
  const before = memory();
  function* newsletter() {
    for (let n = 0; n < count; n += 1)
      yield { ...mail, to: `u${n}@example.test`, text: `${n} `.repeat(size / 5) };
  }
  for await (const outcome of service.queueMany(newsletter(), { priority: 'low' }))
    expect(outcome).toHaveProperty('mail');
  expect(memory() - before).toBeLessThan((count * size) / 4);
  queue.resume();
  await until(() => smtp.bodies.length > 100);
  const sentBefore = recipients(smtp).length;
  await service.queue({ ...mail, to: 'code@example.test' }, { priority: 'high' });
  await until(() => recipients(smtp).includes('code'));
  expect(recipients(smtp).indexOf('code') - sentBefore).toBeLessThan(100);
  queue.pause();
}, 60_000);

test('a mailer that floods the transport it shares does not starve another', async () => {
  const smtp = await server();
  const { mail: service, queue } = await queueing(at(smtp.port), {}, { mailers: { marketing: {} } });
  const marketing = service.mailer('marketing');
  queue.pause();
  await marketing.queueMany(Array.from({ length: 600 }, (_, n) => ({ ...mail, to: `u${n}@example.test` })));
  for (const name of ['first', 'second', 'third'])
    await service.queue({ ...mail, to: `${name}@example.test` });
  queue.resume();
  await queue.drain();
  const places = ['first', 'second', 'third'].map((name) => recipients(smtp).indexOf(name));
  expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...places)).toBeLessThan(50);
});

test('a store that fails is reported and opened again: mails are queued and sent as before', async () => {
  const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const calls = jest.spyOn(ThreadChannel.prototype, 'call');
  const smtp = await server();
  const { mail: service, queue, next } = await queueing(at(smtp.port), { path: await spoolPath() });
  await service.queue(mail);
  await queue.drain();
  const alarm = next('mail.alarm');
  const [channel] = calls.mock.contexts;
  if (channel instanceof ThreadChannel) await channel.terminate();
  await expect(alarm).resolves.toMatchObject({ kind: 'queue', mailers: ['default'] });
  expect(logged.mock.calls.map(String)).toEqual([
    `mail.alarm transport-unavailable [default]: ${(await alarm).message}`,
  ]);
  const { id } = await service.queue({ ...mail, subject: 'Another' });
  await until(async () => (await queue.get(id))?.state === 'sent');
  expect(smtp.bodies).toHaveLength(2);
});

test('an unreadable mail is reported and set aside, and the others go out', async () => {
  jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const smtp = await server();
  const path = await spoolPath();
  const { mail: service, queue, next } = await queueing(at(smtp.port), { path });
  queue.pause();
  for (const name of ['a', 'b', 'c']) await service.queue({ ...mail, to: `${name}@example.test` });
  const { database } = await openDatabase(path);
  database.exec('UPDATE body SET content = substr(content, 1, 100) WHERE seq = 2');
  database.close();
  const alarm = next('mail.alarm');
  queue.resume();
  const { message, ...told } = await alarm;
  expect(told).toEqual({ kind: 'corrupt', mailers: ['default'], id: '2' });
  expect(message).toContain('checksum');
  await queue.drain();
  expect(recipients(smtp).toSorted()).toEqual(['a', 'c']);
  expect((await queue.stats()).states).toMatchObject({ sent: 2, corrupt: 1 });
});

test('a damaged page of the spool: an alarm reports it, and all mails go out, also later ones', async () => {
  jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const smtp = await server();
  const path = await spoolPath();
  const first = await queueing(at(smtp.port), { path });
  first.queue.pause();
  const text = 'x'.repeat(1_000);
  for (let n = 0; n < 60; n += 1) await first.mail.queue({ ...mail, text, to: `u${n}@example.test` });
  await first.app.close();
  const file = await open(path, 'r+');
  // The root of the table of mails: nothing of it can be read without.
  await file.write(Buffer.alloc(4096), 0, 4096, 2 * 4096);
  await file.close();
  const { mail: service, queue, next } = await queueing(at(smtp.port), { path });
  const alarm = next('mail.alarm');
  for (let n = 60; n < 80; n += 1) await service.queue({ ...mail, to: `u${n}@example.test` });
  expect(await alarm).toEqual({
    kind: 'queue',
    mailers: ['default'],
    message: expect.stringMatching(/is damaged \(.*with the 60 mails .*kept as .*spool\.db\.damaged-/),
  });
  await queue.drain();
  expect(new Set(recipients(smtp)).size).toBe(80);
  expect(smtp.bodies).toHaveLength(80);
});

test("the spool's file is deleted: the next mail notices, an alarm reports it, and no mail is lost", async () => {
  jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const smtp = await server();
  const path = await spoolPath();
  const { mail: service, queue, next } = await queueing(at(smtp.port), { path });
  queue.pause();
  for (let n = 0; n < 30; n += 1) await service.queue({ ...mail, to: `u${n}@example.test` });
  await rm(path);
  const alarm = next('mail.alarm');
  await service.queue({ ...mail, to: 'u30@example.test' });
  expect(await alarm).toMatchObject({
    kind: 'queue',
    message: expect.stringMatching(/was deleted.*the 30 mails/),
  });
  queue.resume();
  await queue.drain();
  expect(new Set(recipients(smtp)).size).toBe(31);
  expect(existsSync(path)).toBe(true);
});

test("the outcomes of a mail's recipients cannot be read: an alarm, and nobody gets the mail twice", async () => {
  jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const smtp = await server((line) => (/^RCPT.*<later/.test(line) ? '451 4.7.1 later' : undefined));
  const path = await spoolPath();
  const { mail: service, queue, next } = await queueing(at(smtp.port), { path, retryDelays: [50] });
  const deferred = next('mail.deferred');
  const { id } = await service.queue({ ...mail, to: ['yes@example.test', 'later@example.test'] });
  await deferred;
  queue.pause();
  const { database } = await openDatabase(path);
  database.exec("UPDATE mail SET outcomes = 'zz'");
  database.close();
  const alarm = next('mail.alarm');
  queue.resume();
  expect(await alarm).toMatchObject({ kind: 'corrupt', id });
  expect((await queue.get(id))?.state).toBe('corrupt');
  expect(recipients(smtp).filter((name) => name === 'yes')).toHaveLength(1);
});

/** Bytes in use, after what is not has been thrown away. */
function memory(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (isFunction(collect)) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function isFunction(value: unknown): value is () => void {
  return typeof value === 'function';
}
