import { randomInt } from 'node:crypto';
import { DomainLimits } from '../deliver/limits/domain-limits.js';
import type { Limiters } from '../deliver/limits/limiters.js';
import type { InFlight } from '../deliver/call/in-flight.js';
import { OutboxRelay } from '../deliver/worker/outbox-relay.js';
import { QueueDelivery } from '../deliver/worker/queue-delivery.js';
import { type Attempts, MailAttempts } from '../deliver/worker/attempt.js';
import { type MailerLender, ResolvedAttempts } from '../deliver/worker/resolved-attempts.js';
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
  /** Finds mailers that are not configured; undefined without a resolver. */
  readonly resolution: MailerLender | undefined;
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
  // A driver of others knows only mailers by their names.
  const resolution = options.driver === 'registered' ? undefined : surroundings.resolution;
  const report = (what: string): void => log.fault(what);
  const raise = makeAlarm(publish, log);
  const mailers = surroundings.mailers.map(({ name }) => name);
  const queue = makeQueue(options, { mailers, now, find, report, raise }, resolution !== undefined);
  // A place that nobody asked for is opened for queued mails alone.
  if (options.isAsked && queue.turns) surroundings.limiters.shareOver(queue.turns);
  const delivers = options.driver !== 'off' && options.deliver;
  const workers = delivers ? makeWorkers(options, queue, { ...surroundings, resolution, raise }) : [];
  const relay = options.driver === 'off' ? undefined : makeRelay(options, now, report);
  const onAdded = noteCaptured(surroundings.mailers);
  const others = resolution ? [{ except: mailers, each: 1 }] : [];
  return new QueueDelivery({
    queue,
    mailers: [...mailers, ...others],
    workers,
    relay,
    publish,
    onAdded,
    now,
    log,
  });
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

type WorkerSurroundings = QueueingSurroundings & { readonly raise: RaiseAlarm };

/** How the mails of one worker are delivered, and the most under way at once. */
type Work = readonly [attempts: Attempts, concurrency: number];

function makeWorkers(
  options: ResolvedQueue,
  queue: PullQueue | PushQueue,
  surroundings: WorkerSurroundings,
): readonly QueueWorker[] {
  const { publish, log, now } = surroundings;
  const quarantine = new CrashQuarantine();
  const storeFaults: StoreFaults = { reading: new StoreFault(log), writing: new StoreFault(log) };
  return worksOf(options, surroundings).map(([attempts, concurrency]) => {
    const deliveries = new MailerDeliveries({ attempts, quarantine, publish, now, log });
    const working = { deliveries, concurrency, now, storeFaults };
    return 'consume' in queue
      ? new PushWorker({ ...working, queue })
      : new PullWorker({ ...working, queue, log });
  });
}

/** One for each mailer, and one for all that are resolved. */
function worksOf(
  { concurrency, onAmbiguous, retryDelays, domainLimits: limits }: ResolvedQueue,
  { mailers, limiters, resolution, inFlight, publish, log, now, raise }: WorkerSurroundings,
): readonly Work[] {
  const breakers = new Map<Transport, CircuitBreaker>();
  const breakerOf = (transport: Transport): CircuitBreaker => {
    const breaker = breakers.get(transport) ?? makeBreaker(transport, mailers, raise, log);
    breakers.set(transport, breaker);
    return breaker;
  };
  const domainLimits = new DomainLimits(limits, { limiters, monotonic, random });
  const shared = { domainLimits, inFlight, publish, onAmbiguous, retryDelays, now, random };
  const works = mailers.map(({ name, transport, timeout, limiter }): Work => {
    const own = { mailer: name, transport, breaker: breakerOf(transport), limiter, timeout };
    return [new MailAttempts({ ...shared, ...own }), concurrency];
  });
  if (!resolution) return works;
  const others = new ResolvedAttempts({
    ...shared,
    lender: resolution,
    configured: mailers.map(({ name }) => name),
    concurrency,
    monotonic,
    onFault: (name, error, pauseMs) => transportFaultTeller([name], raise, log)(error, pauseMs),
    onWorking: (name) => log.resumed([name]),
  });
  return [...works, [others, concurrency * RESOLVED_AT_ONCE]];
}

/** How many mailers can have as many mails under way at once as one may: a few that hang do not hold up the others. */
const RESOLVED_AT_ONCE = 10;

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

/** @param isOpen true if mails of other mailers are delivered, too */
function makeQueue(
  options: ResolvedQueue | NoQueue,
  surroundings: QueueSurroundings,
  isOpen: boolean,
): PullQueue | PushQueue {
  const { mailers, now, raise } = surroundings;
  if (options.driver === 'off') return new DisabledQueue(options.why);
  if (options.driver === 'memory') return new MemoryQueue(now);
  const { path, url, maxBacklog, retention, failedRetention, encryptionKey, extension } = options;
  const kept = { maxBacklog, retention, failedRetention };
  const registered = extension?.createQueue?.({ url, ...kept, ...surroundings });
  if (registered) return registered;
  const clock = (): number => now().getTime();
  const spool = new SqliteSpool({
    path,
    ...kept,
    encryptionKey,
    mailers: isOpen ? undefined : mailers,
    clock,
  });
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
