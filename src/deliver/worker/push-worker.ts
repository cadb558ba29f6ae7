import { AsyncResource } from 'node:async_hooks';
import type { Claim, Consumer, PushQueue, Settlement } from '../../queue/mail-queue.js';
import { POLL_MS } from './attempt.js';
import type { Ending, MailerDeliveries } from './mailer-deliveries.js';
import type { QueueWorker } from './queue-worker.js';
import type { StoreFaults } from './store-fault.js';

export interface PushWorkerOptions {
  readonly queue: PushQueue;
  readonly deliveries: MailerDeliveries;
  /** Most mails under way at once. */
  readonly concurrency: number;
  readonly now: () => Date;
  readonly storeFaults: StoreFaults;
}

const WORDS = { reading: 'The mail queue cannot be read', writing: 'The mail queue cannot be written' };

/**
 * Has a queue hand its mails out: as many at once as `concurrency` and the deliveries allow. While its transport is paused
 * there are none, and then one, which probes it.
 */
export class PushWorker implements QueueWorker {
  readonly deliveries: MailerDeliveries;
  readonly #options: PushWorkerOptions;
  /** See `PullWorker`. */
  readonly #context = new AsyncResource('PushWorker');
  /** Endings that are not stored yet. */
  readonly #endings = new Map<string, Ending>();
  #running: Promise<void> | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(options: PushWorkerOptions) {
    this.#options = options;
    this.deliveries = options.deliveries;
  }

  start(): void {
    if (this.deliveries.isStopped || this.#running) return;
    this.deliveries.start();
    this.#running = this.#context.runInAsyncScope(() => this.#run());
  }

  async stop(): Promise<void> {
    this.deliveries.stop();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { deliveries } = this;
    const consumer = this.#consume();
    while (!deliveries.isStopped) {
      const most = this.#concurrency();
      consumer.setConcurrency(most);
      await this.#lookElsewhere();
      deliveries.turned();
      await deliveries.changed.wait(most > 0 ? POLL_MS : deliveries.msUntilAllowed());
    }
    await consumer.stop();
  }

  /** Most mails under way at once, for now. Those under way count: a probe must not wait until they end. */
  #concurrency(): number {
    const { concurrency } = this.#options;
    const { underWayCount } = this.deliveries;
    const more = this.deliveries.allowed(Math.max(1, concurrency - underWayCount));
    return more > 0 ? Math.min(concurrency, underWayCount + more) : 0;
  }

  #consume(): Consumer {
    const { queue, storeFaults } = this.#options;
    return queue.consume(this.deliveries.choice, (claim) => this.#deliver(claim), {
      concurrency: 0,
      onSettled: (claim) => {
        const ending = this.#endings.get(claim.id);
        this.#endings.delete(claim.id);
        if (ending) this.deliveries.settled(claim, ending);
      },
      onUnsettled: (claim, error) => {
        this.#endings.delete(claim.id);
        this.deliveries.unsettled(claim, error);
      },
      onStore: (operation, fault) => {
        if (fault === undefined) storeFaults[operation].over();
        else if (!this.deliveries.isStopped) storeFaults[operation].met(WORDS[operation], fault);
      },
    });
  }

  async #deliver(claim: Claim): Promise<Settlement> {
    const ending = await this.deliveries.deliver(claim);
    this.#endings.set(claim.id, ending);
    return ending.settlement;
  }

  /** Nobody tells this process of the mails that it queued and others tried. A process that is busy has time to ask. */
  async #lookElsewhere(): Promise<void> {
    const { queue, now } = this.#options;
    const { deliveries } = this;
    const isNear = performance.now() < this.#lookedAt + POLL_MS;
    if (isNear || deliveries.underWayCount > 0 || !deliveries.isOwing) return;
    this.#lookedAt = performance.now();
    const at = now();
    const { addedCount } = deliveries;
    try {
      const due = await queue.nextDueAt(deliveries.choice);
      if (!due || (due > at && !(await this.#isHeldUp(at)))) deliveries.triedElsewhere(addedCount, at);
    } catch {
      // The store is away, which its consumer tells.
    }
  }

  /** Whether the queue holds due mails back for a while: a rate limit does, which all processes share. */
  async #isHeldUp(at: Date): Promise<boolean> {
    const owed = this.deliveries.firstOwed(at);
    const entry = owed === undefined ? undefined : await this.#options.queue.get(owed);
    return entry?.state === 'waiting' && entry.dueAt <= at;
  }
}
