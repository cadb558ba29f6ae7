import { DomainLimits } from '../../../src/deliver/limits/domain-limits.js';
import { Limiters } from '../../../src/deliver/limits/limiters.js';
import { InFlight } from '../../../src/deliver/call/in-flight.js';
import { MailAttempts } from '../../../src/deliver/worker/attempt.js';
import { MailerDeliveries } from '../../../src/deliver/worker/mailer-deliveries.js';
import { PullWorker } from '../../../src/deliver/worker/pull-worker.js';
import { StoreFault } from '../../../src/deliver/worker/store-fault.js';
import { CrashQuarantine } from '../../../src/deliver/worker/crash-quarantine.js';
import { Signal } from '../../../src/deliver/worker/signal.js';
import { CircuitBreaker } from '../../../src/transport/circuit-breaker.js';
import { MailLog } from '../../../src/log/mail-log.js';
import { MailError } from '../../../src/errors/mail-error.js';
import type { PublishMailEvent } from '../../../src/mail.events.js';
import type { Exchange, Exchanged, PullQueue } from '../../../src/queue/mail-queue.js';
import { MemoryQueue } from '../../../src/queue/memory-queue.js';
import type { Transport } from '../../../src/transport/transport.js';
import { dueMail } from '../../queue/spool-mails.js';
import { until } from '../../support/example-process.js';

/** Something that is waited for until it happens. */
class Happening {
  resolve: () => void = () => undefined;
  readonly promise = new Promise<void>((resolve) => {
    this.resolve = resolve;
  });
}

/** A queue whose second claim waits for `fault`, as one does that is on its way to the disk then. */
class SlowQueue extends MemoryQueue {
  readonly secondAsked = new Happening();
  readonly fault = new Happening();
  claims = 0;

  override async exchange(request: Exchange): Promise<Exchanged> {
    if (request.claim) this.claims += 1;
    if (request.claim && this.claims === 2) {
      this.secondAsked.resolve();
      await this.fault.promise;
    }
    return super.exchange(request);
  }
}

/** A transport that sends so. */
const transportOf = (send: Transport['send']): Transport => ({
  name: 'of the test',
  send,
  verify: async () => undefined,
  close: async () => undefined,
});

/** @param monotonic the clock of its breaker */
function workerOf(
  queue: PullQueue,
  transport: Transport,
  publish: PublishMailEvent,
  monotonic: () => number,
): PullWorker {
  const pauses = { first: 10, login: 10, longest: 10 };
  const log = new MailLog();
  jest.spyOn(log, 'fault').mockImplementation((what) => expect(what).toBeUndefined());
  const now = (): Date => new Date();
  const limiters = new Limiters({ monotonic, onStore: () => undefined });
  const attempts = new MailAttempts({
    mailer: 'default',
    transport,
    breaker: new CircuitBreaker({ pauses, monotonic, random: () => 0.5 }),
    limiter: undefined,
    domainLimits: new DomainLimits({}, { limiters, monotonic, random: () => 0.5 }),
    inFlight: new InFlight(),
    publish,
    timeout: 5_000,
    onAmbiguous: 'retry',
    retryDelays: [1],
    now,
    random: () => 0.5,
  });
  const deliveries = new MailerDeliveries({ attempts, quarantine: new CrashQuarantine(), publish, now, log });
  const storeFaults = { reading: new StoreFault(log), writing: new StoreFault(log) };
  return new PullWorker({ queue, deliveries, concurrency: 10, now, log, storeFaults });
}

test('mails that were claimed while the transport failed are put back, and do not all try it at once', async () => {
  const queue = new SlowQueue(() => new Date());
  const events: string[] = [];
  let sends = 0;
  const transport = transportOf(async () => {
    sends += 1;
    await queue.secondAsked.promise;
    throw new MailError('authentication', '535 no');
  });
  const publish: PublishMailEvent = (name) => {
    events.push(name);
    if (name === 'mail.paused') queue.fault.resolve();
  };
  // Its clock stands still: the breaker stays closed.
  const worker = workerOf(queue, transport, publish, () => 0);
  await queue.add(dueMail());
  worker.start();
  await queue.secondAsked.promise;
  for (let more = 0; more < 5; more += 1) await queue.add(dueMail());
  await until(async () => queue.claims > 1 && (await queue.stats()).states.waiting === 6);
  await worker.stop();
  expect(sends).toBe(1);
  expect(events.filter((name) => name === 'mail.paused')).toHaveLength(1);
  expect(events.filter((name) => name === 'mail.released')).toHaveLength(1);
});

test('a mail without an answer in its time does not prove that the transport works again', async () => {
  const queue = new MemoryQueue(() => new Date());
  const events: string[] = [];
  const answers = [
    new MailError('transport-unavailable', 'down'),
    new MailError('timeout', 'late', { scope: 'mail' }),
  ];
  const transport = transportOf(async ({ messageId, envelope }) => {
    const error = answers.shift();
    if (error) throw error;
    return { messageId, transport: 'of the test', accepted: envelope.to, rejected: [], durationMs: 1 };
  });
  const worker = workerOf(
    queue,
    transport,
    (name) => events.push(name),
    () => performance.now(),
  );
  await queue.add(dueMail());
  worker.start();
  await until(async () => (await queue.stats()).states.sent === 1);
  await worker.stop();
  const tellsOfTransport = events.filter((name) => !/^mail\.(sending|failed|released)$/.test(name));
  expect(tellsOfTransport).toEqual(['mail.paused', 'mail.deferred', 'mail.sent', 'mail.resumed']);
});

test('while one mail probes the transport, the queue is not asked for others again and again', async () => {
  const queue = new MemoryQueue(() => new Date());
  const [probed, answer] = [new Happening(), new Happening()];
  const waits = jest.spyOn(Signal.prototype, 'wait');
  let sends = 0;
  const transport = transportOf(async ({ messageId, envelope }) => {
    sends += 1;
    if (sends === 1) throw new MailError('transport-unavailable', 'down');
    waits.mockClear();
    probed.resolve();
    await answer.promise;
    return { messageId, transport: 'of the test', accepted: envelope.to, rejected: [], durationMs: 1 };
  });
  const worker = workerOf(
    queue,
    transport,
    () => undefined,
    () => performance.now(),
  );
  await queue.add(dueMail());
  worker.start();
  await probed.promise;
  worker.deliveries.wake();
  await until(() => Promise.resolve(waits.mock.calls.length > 0));
  expect(new Set(waits.mock.calls.map(([ms]) => ms))).toEqual(new Set([1_000]));
  answer.resolve();
  await until(async () => (await queue.stats()).states.sent === 1);
  await worker.stop();
  waits.mockRestore();
});

test('a worker that stops rests while its last mails are under way', async () => {
  const queue = new MemoryQueue(() => new Date());
  const [sending, sent] = [new Happening(), new Happening()];
  const transport = transportOf(async ({ messageId, envelope }) => {
    sending.resolve();
    await sent.promise;
    return { messageId, transport: 'of the test', accepted: envelope.to, rejected: [], durationMs: 0 };
  });
  const worker = workerOf(
    queue,
    transport,
    () => undefined,
    () => 0,
  );
  await queue.add(dueMail());
  worker.start();
  await sending.promise;
  const waits = jest.spyOn(Signal.prototype, 'wait');
  const stopped = worker.stop();
  await until(() => waits.mock.calls.length > 0);
  expect(waits.mock.calls.filter(([ms]) => ms < 1_000)).toEqual([]);
  sent.resolve();
  await stopped;
});
