import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import {
  failover,
  type MailEvents,
  MailModule,
  MailQueueService,
  MailService,
  type MemberOption,
  type QueueModuleOptions,
  retry,
  roundRobin,
  type Transport,
} from 'nest-mailroom';
import { TestSmtpServer } from 'nest-mailroom/testing';
import { bullmq } from '../../src/bullmq/index.js';
import { MailError } from '../../src/errors/mail-error.js';
import { ses } from '../../src/ses/index.js';
import { boot } from './application.js';
import { until } from './example-process.js';
import { type FailingServer, failingProvider, failingSmtp } from './failing-server.js';
import { NAMES } from './provider-transport.js';
import { Seeded } from './seeded.js';

/** How the failing server and the two that work are wrapped. */
export const FORMS: Readonly<
  Record<string, (a: MemberOption, b: MemberOption, c: MemberOption) => Transport>
> = {
  'failover(a b)': (a, b) => failover([a, b]),
  'roundrobin(a b)': (a, b) => roundRobin([a, b]),
  'failover(retry(a) roundrobin(b c))': (a, b, c) =>
    failover([retry(a), roundRobin([b, c], { weights: [2, 1] })]),
  'roundrobin(failover(a b) c)': (a, b, c) => roundRobin([failover([a, b]), c], { weights: [3, 1] }),
};

export interface Drill {
  readonly form: string;
  /** Undefined: mails are sent by `send`. */
  readonly queue?: QueueModuleOptions | undefined;
  readonly onAmbiguous: 'hold' | 'retry';
  /** Spread over a failing SMTP server and a failing server of each provider. */
  readonly mails: number;
  readonly seed: number;
}

export interface DrillResult {
  readonly mails: number;
  readonly byFirst: number;
  readonly byOthers: number;
  /** Attempts that may have sent their mail. */
  readonly unknown: number;
  readonly held: number;
  /** Refused for good; with `send` also for now. */
  readonly refused: number;
  /** Mails that nobody took, though they counted as sent, and mails without an end. */
  readonly lost: number;
  /** Mails that several servers took, or one several times. */
  readonly doubled: number;
  readonly faults: number;
}

/** Short, because a silent server takes half of it. */
const TIMEOUT_MS = 1_500;

/** What became of a mail, by its recipient. */
type Ends = Map<string, 'sent' | 'held' | 'refused'>;

/** Sends mails over members of which the first fails at random, and counts what arrived where. */
export async function failoverDrill(drill: Drill): Promise<DrillResult> {
  const seeded = new Seeded(drill.seed);
  const share = Math.ceil(drill.mails / (NAMES.length + 1));
  const providers = NAMES.map((name) => failingProvider(name, seeded, share * 20));
  const failing = new Map<string, FailingServer>([['smtp', await failingSmtp(seeded, 12)]]);
  for (const [index, started] of providers.entries()) failing.set(NAMES[index] ?? '', await started);
  const working = [await TestSmtpServer.start(), await TestSmtpServer.start()];
  try {
    return await run(drill, failing, working, share);
  } finally {
    for (const server of [...failing.values(), ...working]) await server.close();
  }
}

async function run(
  drill: Drill,
  failing: ReadonlyMap<string, FailingServer>,
  working: readonly TestSmtpServer[],
  share: number,
): Promise<DrillResult> {
  const [b, c] = working.map(({ url }) => url);
  const form = FORMS[drill.form];
  if (!form || b === undefined || c === undefined) throw new Error(`no form ${drill.form}`);
  const mailers = Object.fromEntries(
    [...failing].map(([name, { url }]) => [name, { transport: form(url, b, c) }]),
  );
  const app = await boot([
    EventEmitterModule.forRoot({ maxListeners: 0 }),
    MailModule.forRoot({
      from: 'app@example.test',
      transport: 'memory:',
      mailers,
      use: [ses(), bullmq()],
      verify: 'off',
      timeout: TIMEOUT_MS,
      queue: drill.queue
        ? { ...drill.queue, onAmbiguous: drill.onAmbiguous, retryDelays: [5], concurrency: 10 }
        : { driver: 'off' },
    }),
  ]);
  const unknown = countUnknown(app.get(EventEmitter2));
  const lists = new Map([...failing.keys()].map((name) => [name, recipients(name, share)]));
  const ends: Ends = drill.queue
    ? await queued(app.get(MailQueueService), app.get(MailService), lists)
    : await sent(app.get(MailService), lists);
  await app.close();
  const all = [...lists.values()].flat();
  const first = [...failing.values()].flatMap(({ taken }) => taken());
  const others = working.flatMap(({ mails }) => mails.map(({ to }) => to[0] ?? ''));
  return {
    mails: all.length,
    ...counted(all, ends, [...first, ...others]),
    byFirst: first.length,
    byOthers: others.length,
    unknown: unknown.size(),
    faults: [...failing.values()].reduce((sum, { faults }) => sum + faults(), 0),
  };
}

const recipients = (mailer: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${mailer}-${index}@example.test`);

const mailTo = (to: string) => ({ to, subject: 'Drill', text: 'the body' });

type Lists = ReadonlyMap<string, readonly string[]>;

async function sent(mail: MailService, lists: Lists): Promise<Ends> {
  const ends: Ends = new Map();
  const sendAll = async ([mailer, list]: readonly [string, readonly string[]]): Promise<void> => {
    const run = mail.mailer(mailer).sendMany(list.map(mailTo), { concurrency: 10 });
    for await (const outcome of run) ends.set(list[outcome.index] ?? '', endOf(outcome));
  };
  await Promise.all([...lists].map(sendAll));
  return ends;
}

function endOf(outcome: object): 'sent' | 'held' | 'refused' {
  const error = 'error' in outcome ? outcome.error : undefined;
  if (!MailError.is(error)) return 'sent';
  return error.outcome === 'unknown' ? 'held' : 'refused';
}

async function queued(queue: MailQueueService, mail: MailService, lists: Lists): Promise<Ends> {
  await Promise.all([...lists].map(([mailer, list]) => mail.mailer(mailer).queueMany(list.map(mailTo))));
  await queue.drain();
  // A mail whose member is left out waits for a moment that may be still to come.
  await until(async () => {
    const { states } = await queue.stats();
    return states.waiting + states.sending === 0;
  });
  const ends: Ends = new Map();
  for (const [mailer, list] of lists) {
    const entries = await queue.list({ mailer, limit: list.length + 1 });
    for (const { to, state } of entries) {
      if (state === 'sent') ends.set(to[0] ?? '', 'sent');
      if (state === 'ambiguous') ends.set(to[0] ?? '', 'held');
      if (state === 'dead') ends.set(to[0] ?? '', 'refused');
    }
  }
  return ends;
}

/** Counts attempts with an unknown outcome: of `send`, and of the queue. */
function countUnknown(emitter: EventEmitter2): { size(): number } {
  let count = 0;
  const note = ({ error }: { readonly error?: MailError }): void => {
    if (error?.outcome === 'unknown') count += 1;
  };
  for (const name of [
    'mail.failed',
    'mail.deferred',
    'mail.ambiguous',
  ] as const satisfies readonly (keyof MailEvents)[]) {
    emitter.on(name, note);
  }
  return { size: () => count };
}

function counted(
  all: readonly string[],
  ends: Ends,
  taken: readonly string[],
): Pick<DrillResult, 'held' | 'refused' | 'lost' | 'doubled'> {
  const times = new Map<string, number>();
  for (const to of taken) times.set(to, (times.get(to) ?? 0) + 1);
  const ending = (end: 'sent' | 'held' | 'refused'): readonly string[] =>
    all.filter((to) => ends.get(to) === end);
  const unfinished = all.filter((to) => !ends.has(to));
  return {
    held: ending('held').length,
    refused: ending('refused').length,
    lost: unfinished.length + ending('sent').filter((to) => !times.has(to)).length,
    doubled: all.filter((to) => (times.get(to) ?? 0) > 1).length,
  };
}
