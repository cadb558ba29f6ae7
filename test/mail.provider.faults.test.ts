import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { MailAlarmEvent, QueueModuleOptions } from 'nest-mailroom';
import { ses } from 'nest-mailroom/ses';
import { type ProviderAnswer, TestProviderServer } from 'nest-mailroom/testing';
import { afterCleanup, cleanup, folder } from './support/application.js';
import { mailsIn } from './support/company.js';
import { NAMES } from './support/provider-transport.js';
import { queueing } from './support/queueing.js';

const HOUR = 3_600_000;
const CONCURRENCY = 5;
const mail = { from: 'app@from.test', subject: 'Welcome', text: 'the body', html: '<p>the body</p>' };

/** Rows of each provider's error table that every mail would meet; `true`: an operator has to act. */
const FAULTS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  sendgrid: {
    unauthorized: true,
    forbidden: true,
    creditsExceeded: true,
    wrongRegion: true,
    rateLimited: false,
    unavailable: false,
  },
  mailgun: { unauthorized: true, unpaid: true, noDomain: true, wrongPath: true, rateLimited: false },
  postmark: {
    unauthorized: true,
    noCredits: true,
    pending: true,
    notApproved: true,
    noStream: true,
    rateLimited: false,
    unavailable: false,
  },
  resend: {
    unauthorized: true,
    missingKey: true,
    dailyQuota: true,
    monthlyQuota: true,
    rateLimited: false,
  },
  brevo: {
    unauthorized: true,
    notAllowed: true,
    underValidation: true,
    noCredits: true,
    wrongPath: true,
    rateLimited: false,
  },
  mailjet: { unauthorized: true, suspended: true, forbidden: true, wrongPath: true, rateLimited: false },
  // Without its 421: fetch itself asks once more after one.
  mailersend: {
    unauthorized: true,
    forbidden: true,
    wrongPath: true,
    wrongMethod: true,
    rateLimited: false,
    dailyQuota: true,
    unavailable: false,
  },
  scaleway: {
    unauthorized: true,
    notAllowed: true,
    quota: true,
    wrongPath: true,
    rateLimited: false,
    unavailable: false,
  },
  graph: {
    unauthorized: true,
    notAllowed: true,
    notConsented: true,
    noMailbox: true,
    noUser: true,
    blocked: true,
    limit: true,
    rateLimited: false,
    unavailable: false,
  },
  ses: {
    unauthorized: true,
    badSignature: true,
    incompleteSignature: true,
    requestExpired: true,
    notAuthorized: true,
    expiredToken: true,
    notAllowed: true,
    mailFromDomain: true,
    paused: true,
    suspended: true,
    dailyQuota: true,
    limit: true,
    noConfigurationSet: true,
    rateLimited: false,
    unavailable: false,
  },
};

/** A clock that stands still but for `pass`: what a transport waits for does not come by itself. */
function stoppedClock(): { pass(ms: number): void } {
  let now = performance.now();
  jest.spyOn(performance, 'now').mockImplementation(() => now);
  return {
    pass: (ms) => {
      now += ms;
    },
  };
}

async function started(name: string, script: readonly ProviderAnswer[]): Promise<TestProviderServer> {
  const server = await TestProviderServer.start(name, { script });
  afterCleanup(() => server.close());
  return server;
}

async function application(url: string, more: QueueModuleOptions = {}) {
  const made = await queueing(url, { concurrency: CONCURRENCY, retryDelays: [5], ...more }, { use: [ses()] });
  const alarms: MailAlarmEvent[] = [];
  made.app.get(EventEmitter2).on('mail.alarm', (event: MailAlarmEvent) => alarms.push(event));
  return { ...made, alarms };
}

const spool = async () => ({ driver: 'spool', path: join(await folder(), 'spool.db') }) as const;

type Application = Awaited<ReturnType<typeof application>>;

function recipients(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `reader${index}@to.test`);
}

async function queueAll({ mail: sender }: Application, all: readonly string[]): Promise<void> {
  await Promise.all(all.map((to) => sender.queue({ ...mail, to })));
}

/** Nothing is under way any more. */
async function settled({ queue }: Application): Promise<void> {
  while ((await queue.stats()).states.sending > 0) await new Promise(setImmediate);
}

async function tally({ queue }: Application, count: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state, attempts } of await queue.list({ limit: count })) {
    const key = `${state} after ${attempts.length}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

/** Mails it was asked to take, also where several came in one request. */
const asksOf = ({ requests }: TestProviderServer): number =>
  requests.reduce((sum, request) => sum + mailsIn(request), 0);

const reached = ({ mails }: TestProviderServer): string[] =>
  mails.flatMap(({ recipients: those }) => those).toSorted();

interface Size {
  readonly count: number;
  /** So many go out before the fault. */
  readonly before: number;
}

/** The provider answers so once `before` mails are sent, and to nothing else; then it works again. */
async function drill(name: string, row: string, { count, before }: Size, queue: QueueModuleOptions = {}) {
  const clock = stoppedClock();
  const logged = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const server = await started(name, []);
  const made = await application(server.url, queue);
  let sent = 0;
  made.app.get(EventEmitter2).on('mail.sent', () => {
    sent += 1;
    if (sent === before) server.always({ error: row });
  });
  const paused = made.next('mail.paused');
  await queueAll(made, recipients(count));
  let { retryInMs } = await paused;
  await settled(made);
  const taken = reached(server).length;
  const asked = [asksOf(server)];
  for (let probe = 0; probe < 3; probe += 1) {
    const again = made.next('mail.paused');
    clock.pass(retryInMs);
    made.queue.resume();
    ({ retryInMs } = await again);
    await settled(made);
    asked.push(asksOf(server));
  }
  const waiting = await tally(made, count);
  const resumed = made.next('mail.resumed');
  server.always('success');
  clock.pass(HOUR);
  made.queue.resume();
  await resumed;
  await made.queue.drain();
  const logs = logged.mock.calls.map(String).filter((line) => line.startsWith('mail.alarm'));
  return { made, server, taken, asked, waiting, logs };
}

type Drilled = Awaited<ReturnType<typeof drill>>;

function expectNoneHurt({ made, server, taken, asked, waiting }: Drilled, { count, before }: Size): void {
  // Mails under way together learned of it together; from then on one mail tries, once in each pause.
  const [first = 0] = asked;
  expect(taken).toBeGreaterThanOrEqual(before);
  expect(first - taken).toBeGreaterThan(0);
  expect(first - taken).toBeLessThanOrEqual(CONCURRENCY);
  expect(asked).toEqual([first, first + 1, first + 2, first + 3]);
  expect(waiting).toEqual({ 'sent after 1': taken, 'waiting after 0': count - taken });
  expect(made.names()).not.toContain('mail.dead');
  expect(made.names()).not.toContain('mail.deferred');
  expect(reached(server)).toEqual(recipients(count).toSorted());
  expect(server.problems).toEqual([]);
}

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

describe.each(NAMES)('%s: a fault of the account in the middle of queued mails', (name) => {
  const size = { count: 24, before: 6 };

  test.each(Object.entries(FAULTS[name] ?? {}))('%s', async (row, needsSomebody) => {
    const drilled = await drill(name, row, size);
    expectNoneHurt(drilled, size);
    expect(await tally(drilled.made, size.count)).toEqual({ 'sent after 1': size.count });
    const { alarms } = drilled.made;
    expect([alarms.length, drilled.logs.length]).toEqual(needsSomebody ? [1, 1] : [0, 0]);
    for (const { kind, mailers, message, error } of alarms) {
      expect({ kind, mailers }).toEqual({ kind: 'transport', mailers: ['default'] });
      expect(message).toMatch(
        /^Queued mails of 'default' wait, none of them at fault: .*\. [A-Z][^.]*[\w:]+\.$/s,
      );
      expect(message).toContain(error?.message.replace(/\.$/, ''));
      expect(drilled.logs[0]).toContain(message);
    }
  });

  test('a limit of its rate before that does not hide it', async () => {
    const clock = stoppedClock();
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const row = Object.entries(FAULTS[name] ?? {}).find(([key]) => !/unauthorized|forbidden/.test(key))?.[0];
    const server = await started(name, [{ error: 'rateLimited' }]);
    server.always({ error: row ?? '' });
    const made = await application(server.url, { concurrency: 1 });
    const paused = made.next('mail.paused');
    await queueAll(made, recipients(3));
    const { retryInMs } = await paused;
    expect(made.alarms).toEqual([]);
    const alarm = made.next('mail.alarm');
    clock.pass(retryInMs);
    made.queue.resume();
    await alarm;
    expect(made.alarms).toHaveLength(1);
  });

  test('its key is revoked: an alarm says what to do, and all go out with another key', async () => {
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    stoppedClock();
    const all = recipients(40);
    const server = await started(name, []);
    const kept = await spool();
    const first = await application(server.url, kept);
    const alarm = first.next('mail.alarm');
    await queueAll(first, all.slice(0, 20));
    await first.queue.drain();
    server.key = 'another-key-of-nobody';
    await queueAll(first, all.slice(20));
    const { message, error } = await alarm;
    expect(error?.code).toBe('authentication');
    expect(message).toMatch(/in its URL, or as MAIL_API_KEY\.$|its credentials/);
    await settled(first);
    expect(await tally(first, 40)).toEqual({ 'sent after 1': 20, 'waiting after 0': 20 });
    await first.app.close();
    const second = await application(server.url, kept);
    await second.queue.drain();
    expect(await tally(second, 40)).toEqual({ 'sent after 1': 40 });
    expect(reached(server)).toEqual(all.toSorted());
  });
});

test('an account of SES that is paused in the middle of 1,000 mails loses none, and mails nobody twice', async () => {
  const size = { count: 1_000, before: 400 };
  const drilled = await drill('ses', 'paused', size, await spool());
  expectNoneHurt(drilled, size);
  expect(await tally(drilled.made, size.count)).toEqual({ 'sent after 1': 1_000 });
  expect(drilled.made.alarms.map(({ message }) => message)).toEqual([
    expect.stringContaining('Email sending is disabled (SendingPausedException). The account is paused'),
  ]);
}, 60_000);

test.each([
  ['postmark', 'noStream', { MessageStream: 'of-nobody' }],
  ['ses', 'noConfigurationSet', { configurationSet: 'of-nobody' }],
  ['ses', 'noConfigurationSet', { listManagement: { contactListName: 'of-nobody' } }],
])('%s: %s, which the mail named itself, is the fault of that mail', async (name, row, options) => {
  jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const server = await started(name, [{ error: row }]);
  const made = await application(server.url, { concurrency: 1 });
  await made.mail.queue({ ...mail, to: 'first@to.test', provider: { [name]: options } });
  await queueAll(made, recipients(3));
  await made.queue.drain();
  expect(await tally(made, 4)).toEqual({ 'dead after 1': 1, 'sent after 1': 3 });
  expect(made.names()).not.toContain('mail.paused');
  const [dead] = await made.queue.list({ state: 'dead' });
  expect(dead?.attempts[0]?.error?.message).toContain(`provider.${name}`);
});
