import { randomInt } from 'node:crypto';
import { DomainLimits } from '../deliver/limits/domain-limits.js';
import type { Limiters } from '../deliver/limits/limiters.js';
import type { InFlight } from '../deliver/call/in-flight.js';
import { OutboxRelay } from '../deliver/worker/outbox-relay.js';
import { QueueDelivery } from '../deliver/worker/queue-delivery.js';
import { MailerDeliveries } from '../deliver/worker/mailer-deliveries.js';
import { PullWorker } from '../deliver/worker/pull-worker.js';
import { PushWorker } from '../deliver/worker/push-worker.js';
import type { QueueWorker } from '../deliver/worker/queue-worker.js';
import { StoreFault, type StoreFaults } from '../deliver/worker/store-fault.js';
import { CrashQuarantine } from '../deliver/worker/crash-quarantine.js';
import type { MailLog } from '../log/mail-log.js';
import { makeAlarm, type RaiseAlarm, transportFaultTeller } from './alarm.js';
import type { PublishMailEvent } from '../mail.events.js';
import type { QueueSettings } from '../options/extension.js';
import type { NoQueue, ResolvedQueue } from '../options/queue.js';
import type { Mailer } from '../mail.service.js';
import type { NewMail, PullQueue, PushQueue } from '../queue/mail-queue.js';
import { MemoryQueue } from '../queue/memory-queue.js';
import { OutboxTable } from '../queue/outbox/outbox-table.js';
import { SqliteSpool } from '../queue/spool/sqlite-spool.js';
import { RecordCipher } from '../queue/record/record-cipher.js';
import { DisabledQueue } from '../queue/disabled-queue.js';
import { CircuitBreaker } from '../transport/circuit-breaker.js';
import { leavesOf } from '../transport/composed/leaves.js';
import { MemoryTransport } from '../transport/memory/memory.transport.js';
import type { Transport } from '../transport/transport.js';

export interface QueueingSurroundings {
  readonly mailers: readonly Mailer[];
  /** Those of the mailers; they share their limits over the queue's store. */
  readonly limiters: Limiters;
  readonly inFlight: InFlight;
  readonly publish: PublishMailEvent;
  readonly log: MailLog;
  readonly now: () => Date;
  /** Looks up a value that a module of the application provides under a token. */
  readonly find: (token: string | symbol) => unknown;
}

/** The queue of a module, not yet opened, with its workers and relay. */
export function makeQueueing(
  options: ResolvedQueue | NoQueue,
  surroundings: QueueingSurroundings,
): QueueDelivery {
  const { now, publish, log, find } = surroundings;
  const report = (what: string): void => log.fault(what);
  const raise = makeAlarm(publish, log);
  const mailers = surroundings.mailers.map(({ name }) => name);
  const queue = makeQueue(options, { mailers, now, find, report, raise });
  // A place that nobody asked for is opened for queued mails alone.
  if (options.isAsked && queue.turns) surroundings.limiters.shareOver(queue.turns);
  const delivers = options.driver !== 'off' && options.deliver;
  const workers = delivers ? makeWorkers(options, queue, { ...surroundings, raise }) : [];
  const relay = options.driver === 'off' ? undefined : makeRelay(options, now, report);
  const onAdded = noteCaptured(surroundings.mailers);
  return new QueueDelivery({ queue, mailers, workers, relay, publish, onAdded, now, log });
}

/** Notes queued mails in the outbox, which captures them when they are sent. */
function noteCaptured(mailers: readonly Mailer[]): (mail: NewMail) => void {
  const transports = new Map(mailers.map(({ name, transport }) => [name, transport]));
  return (mail) => {
    const given = transports.get(mail.message.mailer);
    const captured = given?.captures
      ? leavesOf(given).find((leaf) => leaf instanceof MemoryTransport)
      : undefined;
    captured?.outbox.enqueue(mail);
  };
}

function makeWorkers(
  { concurrency, onAmbiguous, retryDelays, domainLimits }: ResolvedQueue,
  queue: PullQueue | PushQueue,
  {
    mailers,
    limiters,
    inFlight,
    publish,
    log,
    now,
    raise,
  }: QueueingSurroundings & { readonly raise: RaiseAlarm },
): readonly QueueWorker[] {
  const breakers = new Map<Transport, CircuitBreaker>();
  const breakerOf = (transport: Transport): CircuitBreaker => {
    const breaker = breakers.get(transport) ?? makeBreaker(transport, mailers, raise, log);
    breakers.set(transport, breaker);
    return breaker;
  };
  const limits = new DomainLimits(domainLimits, { limiters, monotonic, random });
  const quarantine = new CrashQuarantine();
  const storeFaults: StoreFaults = { reading: new StoreFault(log), writing: new StoreFault(log) };
  return mailers.map(({ name, transport, timeout, limiter }) => {
    const own = { mailer: name, transport, breaker: breakerOf(transport), limiter, timeout };
    const shared = { domainLimits: limits, quarantine, inFlight, publish, onAmbiguous, retryDelays, random };
    const deliveries = new MailerDeliveries({ ...own, ...shared, now, log });
    const working = { deliveries, concurrency, now, storeFaults };
    return 'consume' in queue
      ? new PushWorker({ ...working, queue })
      : new PullWorker({ ...working, queue, log });
  });
}

/** One breaker for all mailers of the transport: a fault that one of them finds is a fault for all. */
function makeBreaker(
  transport: Transport,
  mailers: readonly Mailer[],
  raise: RaiseAlarm,
  log: MailLog,
): CircuitBreaker {
  const names = mailers.filter((mailer) => mailer.transport === transport).map(({ name }) => name);
  const onFault = transportFaultTeller(names, raise, log);
  return new CircuitBreaker({ monotonic, random, onFault, onWorking: () => log.resumed(names) });
}

type QueueSurroundings = Pick<QueueSettings, 'mailers' | 'now' | 'find' | 'report' | 'raise'>;

function makeQueue(options: ResolvedQueue | NoQueue, surroundings: QueueSurroundings): PullQueue | PushQueue {
  const { mailers, now, raise } = surroundings;
  if (options.driver === 'off') return new DisabledQueue(options.why);
  if (options.driver === 'memory') return new MemoryQueue(now);
  const { path, url, maxBacklog, retention, failedRetention, encryptionKey, extension } = options;
  const kept = { maxBacklog, retention, failedRetention };
  const registered = extension?.createQueue?.({ url, ...kept, ...surroundings });
  if (registered) return registered;
  const clock = (): number => now().getTime();
  const spool = new SqliteSpool({ path, ...kept, encryptionKey, mailers, clock });
  spool.onCorrupt(({ id, mailer, reason }) =>
    raise({
      kind: 'corrupt',
      message: `The queued mail ${id} cannot be read and was set aside: ${reason}. The others go on; find out what damaged the disk of ${path}.`,
      mailers: [mailer],
      id,
    }),
  );
  spool.onRescued((message) => raise({ kind: 'queue', message, mailers }));
  spool.onLost((error) => raise({ kind: 'queue', message: error.message, mailers, error }));
  return spool;
}

function makeRelay(
  { outbox, encryptionKey }: ResolvedQueue,
  now: () => Date,
  onFault: (what: string) => void,
): OutboxRelay | undefined {
  if (!outbox) return undefined;
  const table = new OutboxTable(outbox, new RecordCipher(encryptionKey), now);
  return new OutboxRelay({ table, pollInterval: outbox.pollInterval, random, onFault });
}

function monotonic(): number {
  return performance.now();
}

/** From 0 up to 1. */
function random(): number {
  return randomInt(2 ** 32) / 2 ** 32;
}
