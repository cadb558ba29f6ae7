import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { MailError } from '../../errors/mail-error.js';
import type { MailLog } from '../../log/mail-log.js';
import { describeMessage, type PublishMailEvent } from '../../mail.events.js';
import type { Claim, MailQueue, Settlement } from '../../queue/mail-queue.js';
import { MailAttempts, type MailAttemptsOptions, POLL_MS } from './attempt.js';
import type { CrashQuarantine } from './crash-quarantine.js';
import { OwedMails } from './owed-mails.js';
import { Signal } from './signal.js';
import type { StoreFault } from './store-fault.js';

export interface QueueWorkerOptions extends MailAttemptsOptions {
  readonly queue: MailQueue;
  /** Shared by all workers of the process. */
  readonly quarantine: CrashQuarantine;
  /** Most mails under way at once. */
  readonly concurrency: number;
  readonly log: MailLog;
  /** Reports faults of the queue's store; shared by all its callers. */
  readonly storeFaults: { readonly reading: StoreFault; readonly writing: StoreFault };
}

/** Milliseconds between two calls of a store that does not answer. */
const STORE_PAUSE_MS = 1_000;
/** Milliseconds for which a mail is put back while another suspect of a crash is tried. */
const SUSPECT_MS = 250;
/**
 * Milliseconds of a lease. It is renewed while its mail is under way, so other processes take over the mails of a dead
 * process after that time, however long an attempt may take.
 */
const LEASE_MS = 15_000;
const RENEWAL_MS = 5_000;

/**
 * Pulls one mailer's mails from the queue and has them delivered: as many as `concurrency` and the transport's breaker
 * allow. It claims no mail in place of another before it has requested that one's settlement; the queue keeps that
 * order, so never more than `concurrency` mails are in doubt.
 */
export class QueueWorker {
  readonly mailer: string;
  readonly #options: QueueWorkerOptions;
  readonly #attempts: MailAttempts;
  /**
   * The context in which the worker was made. The first queued mail starts the worker, and the context of its request
   * (tracing span, transaction) must not reach the deliveries of all other mails.
   */
  readonly #context = new AsyncResource('QueueWorker');
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #wake = new Signal();
  readonly #owed = new OwedMails();
  /** Callers that wait until nothing is owed; they check again after every turn. */
  readonly #turns: Array<() => void> = [];
  /** Resolvers of finished mails, which are settled together with the next claim. */
  readonly #finished: Array<() => void> = [];
  /** Number of mails under way that are being settled. */
  #settling = 0;
  #running: Promise<void> | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #paused = false;
  #stopped = false;

  constructor(options: QueueWorkerOptions) {
    this.mailer = options.mailer;
    this.#options = options;
    this.#attempts = new MailAttempts(options);
  }

  start(): void {
    if (this.#stopped || this.#running) return;
    this.#renewing = setInterval(() => void this.#renew(), RENEWAL_MS).unref();
    this.#running = this.#context.runInAsyncScope(() => this.#run());
  }

  /** Looks at the queue before the next poll. */
  wake(): void {
    this.#wake.notify();
  }

  /** Records a mail that this process queued. */
  owe(id: string, dueAt: Date): void {
    this.#owed.add(id, dueAt);
  }

  /** Number of mails that this process queued and nobody has tried, though they are due. */
  get owedCount(): number {
    return this.#owed.countDue(this.#options.now());
  }

  /** True while it is about to deliver mails that this process queued. */
  get isOwing(): boolean {
    if (this.#stopped || this.#paused || !this.#running || !this.#options.breaker.isClosed) return false;
    return this.#owed.isAnyDue(this.#options.now());
  }

  /** Resolves when the due mails that this process has queued so far were tried, or a paused transport holds them. */
  async finish(): Promise<void> {
    this.#owed.complete();
    while (this.isOwing) await new Promise<void>((resolve) => void this.#turns.push(resolve));
  }

  /** Looks at the queue at once, and lets one mail probe a transport that is paused. */
  tryNow(): void {
    this.#options.breaker.probeNow();
    this.wake();
  }

  /** Starts no further mail until `resume`; mails under way go on. */
  pause(): void {
    this.#paused = true;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** The fault of the transport that holds up the mails, and the milliseconds until the next probe. */
  get hold(): { readonly error: MailError; readonly opensIn: number } | undefined {
    const { breaker } = this.#options;
    return breaker.lastFault && { error: breaker.lastFault, opensIn: breaker.msUntilProbe() };
  }

  resume(): void {
    this.#paused = false;
    this.#wake.notify();
  }

  /** Takes no further mail, and resolves when the mails under way are settled, without aborting them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake.notify();
    await this.#running;
    this.#turned();
    await this.#settleFinished();
    await Promise.all(this.#underWay.values());
    clearInterval(this.#renewing);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#settleFinished();
      const idleMs = await this.#takeOrPause();
      this.#turned();
      if (idleMs > 0) await this.#wake.wait(idleMs);
    }
  }

  #turned(): void {
    for (const resolve of this.#turns.splice(0)) resolve();
  }

  /** Resolves once their settlements are requested, so that they share a disk write with the next claim. */
  async #settleFinished(): Promise<void> {
    for (const resolve of this.#finished.splice(0)) resolve();
    await Promise.resolve();
  }

  /** Returns the milliseconds until the next look; an added or settled mail ends them. */
  async #takeOrPause(): Promise<number> {
    const { reading } = this.#options.storeFaults;
    try {
      const idleMs = await this.#take();
      reading.over();
      return idleMs;
    } catch (error) {
      if (!this.#stopped) reading.met('The mail queue cannot be read', error);
      return STORE_PAUSE_MS;
    }
  }

  async #take(): Promise<number> {
    const { queue, mailer, breaker, limiter, quarantine, concurrency, now } = this.#options;
    const slots = concurrency - (this.#underWay.size - this.#settling);
    const limit = this.#paused || slots <= 0 ? 0 : breaker.allows(limiter?.available(slots) ?? slots);
    if (limit === 0) return slots > 0 && !this.#paused ? this.#attempts.msUntilNext() : POLL_MS;
    const at = now();
    const { addedCount } = this.#owed;
    const claims = await queue.claim({ mailer, limit, now: at, leasedUntil: leaseFrom(at) });
    // After a sleep of the machine, a lease may have run out whose mail is still under way here.
    for (const claim of claims) {
      if (this.#underWay.has(claim.id)) continue;
      this.#track(claim, quarantine.admits(claim) ? this.#deliver(claim) : this.#putBack(claim, SUSPECT_MS));
    }
    if (claims.length === limit) return 0;
    const due = await queue.nextDueAt(mailer);
    if (!due || due > at) this.#owed.gone(addedCount, at, (id) => this.#underWay.has(id));
    return due ? Math.min(POLL_MS, Math.max(1, due.getTime() - now().getTime())) : POLL_MS;
  }

  async #renew(): Promise<void> {
    const { queue, now, log } = this.#options;
    if (this.#underWay.size === 0) return;
    try {
      await queue.extend([...this.#underWay.keys()], leaseFrom(now()));
    } catch (error) {
      log.fault('Mails under way could not be kept from other processes', error);
    }
  }

  #track(claim: Claim, work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => this.#options.log.fault(`The mail ${claim.id} is not settled`, error))
      .finally(() => {
        this.#options.quarantine.release(claim);
        // Another claim may already have the mail under way again.
        if (this.#underWay.get(claim.id) === tracked) this.#underWay.delete(claim.id);
        this.#wake.notify();
      });
    this.#underWay.set(claim.id, tracked);
  }

  /** Puts a mail back that may be claimed again in `waitMs` milliseconds. It loses no attempt. */
  #putBack(claim: Claim, waitMs: number): Promise<void> {
    const dueAt = new Date(this.#options.now().getTime() + waitMs);
    this.#owed.putBack(claim.id, dueAt);
    return this.#settle(claim, { state: 'released', dueAt });
  }

  async #deliver(claim: Claim): Promise<void> {
    const turn = await this.#attempts.run(claim);
    if ('waitMs' in turn) return this.#putBack(claim, turn.waitMs);
    return this.#settle(claim, turn.settlement, turn.error);
  }

  /** Repeats until it succeeds: an outcome must not get lost while the store fails. */
  async #settle(claim: Claim, settlement: Settlement, error?: MailError): Promise<void> {
    if (!this.#stopped) await this.#nextLook();
    while (!(await this.#isSettled(claim, settlement))) await pause(STORE_PAUSE_MS);
    // Before the listeners run: a mail that is due again meanwhile may be claimed.
    this.#underWay.delete(claim.id);
    if (settlement.state !== 'released') this.#owed.tried(claim.id);
    this.#turned();
    this.#options.log.settled(claim, settlement);
    publishSettlement(this.#options.publish, claim, settlement, error);
  }

  #nextLook(): Promise<void> {
    return new Promise((resolve) => {
      this.#finished.push(resolve);
      this.#wake.notify();
    });
  }

  async #isSettled({ id }: Claim, settlement: Settlement): Promise<boolean> {
    const { queue, storeFaults } = this.#options;
    this.#settling += 1;
    try {
      await queue.settle(id, settlement);
      storeFaults.writing.over();
      return true;
    } catch (fault) {
      if (this.#stopped) throw fault;
      storeFaults.writing.met('The mail queue cannot be written', fault);
      return false;
    } finally {
      this.#settling -= 1;
    }
  }
}

function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}

/** Publishes how a claim ended. The attempt itself has published `mail.sent`. */
function publishSettlement(
  publish: PublishMailEvent,
  { id, message, attempt }: Claim,
  settlement: Settlement,
  error: MailError | undefined,
): void {
  const event = { ...describeMessage(message), id, attempt, ...(error && { error }) };
  if (settlement.state === 'released' && error) publish('mail.released', event);
  if (settlement.state === 'waiting') publish('mail.deferred', { ...event, dueAt: settlement.dueAt });
  if (settlement.state === 'dead') publish('mail.dead', event);
  if (settlement.state === 'ambiguous') publish('mail.ambiguous', event);
  if (settlement.state === 'expired') publish('mail.expired', event);
}
