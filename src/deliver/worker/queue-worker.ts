import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { MailLog } from '../../log/mail-log.js';
import { asMailError, MailError } from '../../errors/mail-error.js';
import type { PublishMailEvent } from '../../mail.events.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Claim, MailQueue, Settlement } from '../../queue/mail-queue.js';
import type { Transport } from '../../transport/transport.js';
import { deliver } from '../call/deliver.js';
import type { DomainLimits } from '../limits/domain-limits.js';
import type { InFlight } from '../call/in-flight.js';
import { OwedMails } from './owed-mails.js';
import type { MailerRateLimiter } from '../limits/mailer-rate-limiter.js';
import { publishSettlement } from './settlement-events.js';
import type { StoreFault } from './store-fault.js';
import type { CrashQuarantine } from './crash-quarantine.js';
import type { Permit, CircuitBreaker } from './circuit-breaker.js';
import { type AttemptResult, type OnAmbiguous, type Decision, decide, decideBefore } from './decision.js';
import { Signal } from './signal.js';

export interface QueueWorkerOptions {
  /** The mailer whose mails this worker takes. */
  readonly mailer: string;
  readonly queue: MailQueue;
  readonly transport: Transport;
  /** The transport's breaker, shared by the mailers that send over it. */
  readonly breaker: CircuitBreaker;
  /** The mailer's rate limiter; undefined without a limit. */
  readonly limiter: MailerRateLimiter | undefined;
  /** Shared by all workers of the module. */
  readonly domainLimits: DomainLimits;
  /** Shared by all workers of the process. */
  readonly quarantine: CrashQuarantine;
  readonly inFlight: InFlight;
  readonly publish: PublishMailEvent;
  /** Mails under way at once. */
  readonly concurrency: number;
  /** Milliseconds of one attempt. */
  readonly timeout: number;
  readonly onAmbiguous: OnAmbiguous;
  /** Milliseconds before the second attempt, the third, and so on; the last one stays. */
  readonly retryDelays: readonly number[];
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
  readonly log: MailLog;
  /** Reports faults of the queue's store; shared by all its callers. */
  readonly storeFaults: { readonly reading: StoreFault; readonly writing: StoreFault };
}

/** Milliseconds after which a worker looks again: another process may have queued a mail, or died with one. */
const POLL_MS = 1_000;
/** Milliseconds between two tries of a store that does not answer. */
const STORE_PAUSE_MS = 1_000;
/** Milliseconds until it is asked again whether the turn of a suspect has come. */
const SUSPECT_MS = 250;
/**
 * Milliseconds a claim holds. Renewed while its mail is under way, so a process that died is missed after
 * that long, however long an attempt may take.
 */
const LEASE_MS = 15_000;
const RENEWAL_MS = 5_000;

/**
 * Takes one mailer's mails from the queue and delivers them: as many as `concurrency` and the
 * transport's breaker allow. No mail is claimed in the place of another before that one's settlement is
 * asked for; the queue keeps that order, so never more than `concurrency` mails are in doubt.
 */
export class QueueWorker {
  readonly mailer: string;
  readonly #options: QueueWorkerOptions;
  /**
   * Where it was made: it is started by the first mail that is queued, and must not carry the request of that one
   * (its tracing span, its transaction) into the deliveries of all the others.
   */
  readonly #context = new AsyncResource('QueueWorker');
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #wake = new Signal();
  readonly #owed = new OwedMails();
  /** Callers that wait until nothing is owed; they check again at every turn. */
  readonly #turns: Array<() => void> = [];
  /** Go on with mails that are through, and wait for the next look at the queue to be settled with it. */
  readonly #through: Array<() => void> = [];
  /** How many mails under way are being settled. */
  #settling = 0;
  #running: Promise<void> | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #paused = false;
  #stopped = false;

  constructor(options: QueueWorkerOptions) {
    this.mailer = options.mailer;
    this.#options = options;
  }

  start(): void {
    if (this.#stopped || this.#running) return;
    this.#renewing = setInterval(() => void this.#renew(), RENEWAL_MS).unref();
    this.#running = this.#context.runInAsyncScope(() => this.#run());
  }

  /** There may be something to do before the next poll. */
  wake(): void {
    this.#wake.notify();
  }

  /** This process queued it. */
  owe(id: string, dueAt: Date): void {
    this.#owed.add(id, dueAt);
  }

  /** How many mails that this process queued are due and not tried; not when others deliver them. */
  get owedCount(): number {
    return this.#owed.countDue(this.#options.now());
  }

  /** Whether it is about to deliver what this process queued. */
  get isOwing(): boolean {
    if (this.#stopped || this.#paused || !this.#running || !this.#options.breaker.isClosed) return false;
    return this.#owed.isAnyDue(this.#options.now());
  }

  /** Resolves when what this process queued until now and is due has been tried, or a paused transport keeps it. */
  async finish(): Promise<void> {
    this.#owed.complete();
    while (this.isOwing) await new Promise<void>((resolve) => void this.#turns.push(resolve));
  }

  /** The same, also while the transport's breaker is closed: one mail finds out. */
  tryNow(): void {
    this.#options.breaker.probeNow();
    this.wake();
  }

  /** Begins no further mail until `resume`; those under way go on. */
  pause(): void {
    this.#paused = true;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** The fault of the transport that holds its mails up, and the milliseconds until the next probe. */
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
    await this.#letThrough();
    await Promise.all(this.#underWay.values());
    clearInterval(this.#renewing);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#letThrough();
      const idleMs = await this.#takeOrPause();
      this.#turned();
      if (idleMs > 0) await this.#wake.wait(idleMs);
    }
  }

  #turned(): void {
    for (const look of this.#turns.splice(0)) look();
  }

  /** Resolves once their settlements are asked for, so that these share a disk write with the next claim. */
  async #letThrough(): Promise<void> {
    for (const goOn of this.#through.splice(0)) goOn();
    await Promise.resolve();
  }

  /** Milliseconds there is nothing to do for; a mail that is added or settled ends them. */
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
    if (limit === 0) return slots > 0 && !this.#paused ? this.#opensIn() : POLL_MS;
    const at = now();
    const { mark } = this.#owed;
    const claims = await queue.claim({ mailer, limit, now: at, leasedUntil: leaseFrom(at) });
    // A machine that slept may find the lease of a mail over that is still under way here.
    for (const claim of claims) {
      if (this.#underWay.has(claim.id)) continue;
      this.#track(claim, quarantine.admits(claim) ? this.#enter(claim) : this.#putBack(claim, SUSPECT_MS));
    }
    if (claims.length === limit) return 0;
    const due = await queue.nextDueAt(mailer);
    if (!due || due > at) this.#owed.gone(mark, at, (id) => this.#underWay.has(id));
    return due ? Math.min(POLL_MS, Math.max(1, due.getTime() - now().getTime())) : POLL_MS;
  }

  /** Returns milliseconds until the next look. While a probe or the account is being asked, the answer wakes the worker. */
  #opensIn(recipients = 1): number {
    const { breaker, limiter } = this.#options;
    if (breaker.isProbing || limiter?.isAsking) return POLL_MS;
    return Math.max(1, breaker.msUntilProbe(), limiter?.msUntilNext(recipients) ?? 0);
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

  /** Not its turn: it may be claimed again in `wait` milliseconds, and has lost no attempt. */
  #putBack(claim: Claim, wait: number): Promise<void> {
    const dueAt = new Date(this.#options.now().getTime() + wait);
    this.#owed.putBack(claim.id, dueAt);
    return this.#settle(claim, { state: 'released', dueAt }, undefined);
  }

  /**
   * The transport may have failed while the mail was claimed: one mail at a time finds out then, not all of these. The
   * breaker keeps them until it opens, which somebody may hasten.
   */
  #enter(claim: Claim): Promise<void> {
    const permit = this.#options.breaker.acquire();
    return permit ? this.#work(claim, permit) : this.#putBack(claim, Math.min(POLL_MS, this.#opensIn()));
  }

  async #work(claim: Claim, permit: Permit): Promise<void> {
    const { breaker, onAmbiguous, retryDelays, now, random } = this.#options;
    const startedAt = now();
    const context = { onAmbiguous, retryDelays, startedAt, random: random() };
    const early = decideBefore(claim, { ...context, now: startedAt });
    if (early) {
      breaker.release(permit);
      return this.#settle(claim, early, undefined);
    }
    const wait = this.#waitFor(claim);
    if (wait > 0) {
      breaker.release(permit);
      return this.#putBack(claim, wait);
    }
    const result = await this.#attempt(claim);
    const made = decide(claim, result, { ...context, now: now() });
    this.#tellGate(permit, made);
    return this.#settle(claim, made.settlement, made.error);
  }

  /**
   * Milliseconds until the mail should be claimed again; 0: it is to be tried. A turn that is near it waits for under way,
   * or those with fewer recipients would always be faster.
   */
  #waitFor(claim: Claim): number {
    const { limiter, domainLimits, timeout } = this.#options;
    const recipients = claim.remaining.length;
    const near = Math.min(POLL_MS, timeout / 2);
    // Another mailer of the same limiter may have been faster.
    if (limiter && limiter.msUntilNext(recipients) > near) return this.#opensIn(recipients);
    return domainLimits.waitFor(claim);
  }

  async #attempt({ message, remaining, attempt, crashes }: Claim): Promise<AttemptResult> {
    const { inFlight, timeout, transport, publish, mailer, limiter } = this.#options;
    const recipients = remaining.length;
    const narrowed: RenderedMessage = { ...message, envelope: { ...message.envelope, to: remaining } };
    const isFirst = attempt === 1 && crashes === 0;
    try {
      const receipt = await inFlight.run(timeout, undefined, async ({ signal }) => {
        await limiter?.acquire({ mailer, recipients, withinMs: timeout, signal });
        return deliver(narrowed, transport, { signal, publish, isFirst });
      });
      return { receipt };
    } catch (error) {
      return { error: asMailError(error) };
    }
  }

  #tellGate(permit: Permit, { transport, error }: Decision): void {
    const { breaker, mailer, publish } = this.#options;
    if (transport === 'unknown') {
      breaker.release(permit);
    } else if (transport === 'at fault') {
      const retryInMs = breaker.fail(error, permit);
      if (retryInMs !== undefined) publish('mail.paused', { mailer, error, retryInMs });
    } else if (breaker.succeed(permit)) {
      publish('mail.resumed', { mailer });
    }
  }

  /** Goes on trying: what became of a mail must not get lost while the store is out of order. */
  async #settle(claim: Claim, settlement: Settlement, error: MailError | undefined): Promise<void> {
    if (!this.#stopped) await this.#nextLook();
    while (!(await this.#isSettled(claim, settlement))) await pause(STORE_PAUSE_MS);
    // Before its listeners run: a mail that waits for less than they take is claimed again meanwhile.
    this.#underWay.delete(claim.id);
    if (settlement.state !== 'released') this.#owed.tried(claim.id);
    this.#turned();
    this.#options.log.settled(claim, settlement);
    publishSettlement(this.#options.publish, claim, settlement, error);
  }

  #nextLook(): Promise<void> {
    return new Promise((resolve) => {
      this.#through.push(resolve);
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
