import { AsyncResource } from 'node:async_hooks';
import type { MailLog } from '../../log/mail-log.js';
import type { Claim, PullQueue, UnsettledClaim } from '../../queue/mail-queue.js';
import { POLL_MS } from './attempt.js';
import type { Ending, MailerDeliveries } from './mailer-deliveries.js';
import { type QueueWorker, STORE_PAUSE_MS } from './queue-worker.js';
import type { StoreFaults } from './store-fault.js';

export interface PullWorkerOptions {
  readonly queue: PullQueue;
  readonly deliveries: MailerDeliveries;
  /** Most mails under way at once. */
  readonly concurrency: number;
  readonly now: () => Date;
  readonly log: MailLog;
  readonly storeFaults: StoreFaults;
}

/**
 * Milliseconds of a lease. It is renewed while its mail is under way, so other processes take over the mails of a dead
 * process after that time, however long an attempt may take.
 */
const LEASE_MS = 15_000;
const RENEWAL_MS = 5_000;

interface Ended {
  readonly claim: Claim;
  readonly ending: Ending;
}

/**
 * Pulls mails from a queue: as many as `concurrency` and the deliveries allow. It stores how mails ended in the exchange
 * that claims others in their place, so never more than `concurrency` mails are in doubt.
 */
export class PullWorker implements QueueWorker {
  readonly deliveries: MailerDeliveries;
  readonly #options: PullWorkerOptions;
  /**
   * The context in which the worker was made. The first queued mail starts the worker, and the context of its request
   * (tracing span, transaction) must not reach the deliveries of all other mails.
   */
  readonly #context = new AsyncResource('PullWorker');
  /** Endings for the next exchange. */
  #ended: Ended[] = [];
  #running: Promise<void> | undefined;
  #renewing: NodeJS.Timeout | undefined;

  constructor(options: PullWorkerOptions) {
    this.#options = options;
    this.deliveries = options.deliveries;
  }

  start(): void {
    if (this.deliveries.isStopped || this.#running) return;
    this.deliveries.start();
    this.#renewing = setInterval(() => void this.#renew(), RENEWAL_MS).unref();
    this.#running = this.#context.runInAsyncScope(() => this.#run());
  }

  async stop(): Promise<void> {
    this.deliveries.stop();
    await this.#running;
    clearInterval(this.#renewing);
  }

  async #run(): Promise<void> {
    const { deliveries } = this;
    while (!deliveries.isStopped || deliveries.underWayCount > 0) {
      const idleMs = await this.#turn();
      deliveries.turned();
      if (idleMs > 0) await deliveries.changed.wait(idleMs);
    }
  }

  /** Returns the milliseconds until the next turn, if nothing changes before. */
  async #turn(): Promise<number> {
    const { deliveries } = this;
    const { concurrency, now } = this.#options;
    const slots = concurrency - (deliveries.underWayCount - this.#ended.length);
    const limit = deliveries.allowed(slots);
    if (limit === 0 && this.#ended.length === 0) return slots > 0 ? deliveries.msUntilAllowed() : POLL_MS;
    const at = now();
    const { addedCount } = deliveries;
    const claims = await this.#exchange(limit, at);
    if (!claims) return STORE_PAUSE_MS;
    for (const claim of claims) this.#begin(claim);
    return claims.length === limit ? 0 : this.#msUntilDue(addedCount, at);
  }

  /** Undefined if the store failed. */
  async #exchange(limit: number, at: Date): Promise<readonly Claim[] | undefined> {
    const { queue, storeFaults } = this.#options;
    const { choice: mailer } = this.deliveries;
    const ended = this.#ended;
    this.#ended = [];
    const settle = ended.map(({ claim: { id }, ending: { settlement } }) => ({ id, settlement }));
    const claim = limit > 0 ? { mailer, limit, now: at, leasedUntil: leaseFrom(at) } : undefined;
    try {
      const { claims, unsettled } = await queue.exchange({ settle, claim });
      this.#settle(ended, unsettled);
      if (claims.length > 0) storeFaults.reading.over();
      return unsettled.length > 0 ? undefined : claims;
    } catch (error) {
      // Perhaps they are stored, and only the claim failed. Asking again does no harm.
      for (const one of ended) this.#keep(one, error);
      if (ended.length === 0 && !this.deliveries.isStopped) {
        storeFaults.reading.met('The mail queue cannot be read', error);
      }
      return undefined;
    }
  }

  #settle(ended: readonly Ended[], unsettled: readonly UnsettledClaim[]): void {
    const { storeFaults } = this.#options;
    const errors = new Map(unsettled.map(({ id, error }) => [id, error]));
    if (ended.length > 0 && errors.size === 0) storeFaults.writing.over();
    for (const one of ended) {
      const { claim, ending } = one;
      if (errors.has(claim.id)) this.#keep(one, errors.get(claim.id));
      else this.deliveries.settled(claim, ending);
    }
  }

  /** For the next exchange: an outcome must not get lost while the store fails. Only a shutdown gives up. */
  #keep(one: Ended, error: unknown): void {
    if (this.deliveries.isStopped) {
      this.deliveries.unsettled(one.claim, error);
      return;
    }
    this.#options.storeFaults.writing.met('The mail queue cannot be written', error);
    this.#ended.push(one);
  }

  #begin(claim: Claim): void {
    // After a sleep of the machine, a lease may have run out whose mail is still under way here.
    if (this.deliveries.isUnderWay(claim)) return;
    this.deliveries.deliver(claim).then(
      (ending) => {
        this.#ended.push({ claim, ending });
        this.deliveries.changed.notify();
      },
      (error: unknown) => this.deliveries.unsettled(claim, error),
    );
  }

  async #msUntilDue(addedCount: number, at: Date): Promise<number> {
    const { queue, now, storeFaults } = this.#options;
    try {
      const due = await queue.nextDueAt(this.deliveries.choice);
      storeFaults.reading.over();
      if (!due || due > at) this.deliveries.triedElsewhere(addedCount, at);
      return due ? Math.min(POLL_MS, Math.max(1, due.getTime() - now().getTime())) : POLL_MS;
    } catch (error) {
      if (!this.deliveries.isStopped) storeFaults.reading.met('The mail queue cannot be read', error);
      return STORE_PAUSE_MS;
    }
  }

  async #renew(): Promise<void> {
    const { queue, now, log } = this.#options;
    const { underWay } = this.deliveries;
    if (underWay.length === 0) return;
    try {
      await queue.extend(underWay, leaseFrom(now()));
    } catch (error) {
      log.fault('Mails under way could not be kept from other processes', error);
    }
  }
}

function leaseFrom(now: Date): Date {
  return new Date(now.getTime() + LEASE_MS);
}
