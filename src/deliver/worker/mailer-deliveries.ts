import type { MailError } from '../../errors/mail-error.js';
import type { MailLog } from '../../log/mail-log.js';
import { describeMessage, type PublishMailEvent } from '../../mail.events.js';
import type { Claim, MailerChoice, Settlement } from '../../queue/mail-queue.js';
import { type Attempts, type MailerHold, POLL_MS } from './attempt.js';
import type { CrashQuarantine } from './crash-quarantine.js';
import { OwedMails } from './owed-mails.js';
import { Signal } from './signal.js';

export interface MailerDeliveriesOptions {
  readonly attempts: Attempts;
  readonly publish: PublishMailEvent;
  readonly now: () => Date;
  /** Shared by all workers of the process. */
  readonly quarantine: CrashQuarantine;
  readonly log: MailLog;
}

/** How a claim ends, and the error of its attempt unless the module itself ended it. */
export interface Ending {
  readonly settlement: Settlement;
  readonly error?: MailError | undefined;
  /** True if the mail waits because its mailer is paused. */
  readonly isHeld?: boolean;
}

/** Milliseconds for which a mail is put back while another suspect of a crash is tried. */
const SUSPECT_MS = 250;

/**
 * The deliveries of queued mails, of one mailer or of all that are resolved: how many may begin, the turn of each, and which
 * mails this process owes.
 * A worker brings it the claims and stores their endings.
 */
export class MailerDeliveries {
  /** Notified when a mail came, ended or may begin. */
  readonly changed = new Signal();
  readonly #options: MailerDeliveriesOptions;
  readonly #attempts: Attempts;
  readonly #underWay = new Map<string, Promise<Ending>>();
  readonly #owed = new OwedMails();
  /** Callers that wait until nothing is owed; they check again after every turn. */
  readonly #turns: Array<() => void> = [];
  #state: 'new' | 'running' | 'stopped' = 'new';
  #paused = false;

  constructor(options: MailerDeliveriesOptions) {
    this.#options = options;
    this.#attempts = options.attempts;
  }

  /** Whose mails may be claimed now. */
  get choice(): MailerChoice {
    return this.#attempts.choice;
  }

  /** Whether the mails of a mailer are delivered here. */
  takes(mailer: string): boolean {
    return this.#attempts.takes(mailer);
  }

  start(): void {
    this.#state = 'running';
  }

  /** No further mail begins; those under way go on. */
  stop(): void {
    this.#state = 'stopped';
    this.changed.notify();
    this.turned();
  }

  get isStopped(): boolean {
    return this.#state === 'stopped';
  }

  /** Has the worker look at the queue before the next poll. */
  wake(): void {
    this.changed.notify();
  }

  /** Records a mail that this process queued. */
  owe(id: string, dueAt: Date): void {
    this.#owed.add(id, dueAt);
  }

  /** Number of mails that this process queued and nobody has tried, though they are due. */
  get owedCount(): number {
    return this.#owed.countDue(this.#options.now());
  }

  /** Number of mails that this process has queued so far; see `triedElsewhere`. */
  get addedCount(): number {
    return this.#owed.addedCount;
  }

  /** True while mails that this process queued are about to be delivered. */
  get isOwing(): boolean {
    if (this.#state !== 'running' || this.#paused || this.#attempts.isHeld) return false;
    return this.#owed.isAnyDue(this.#options.now());
  }

  /** Resolves when the due mails that this process has queued so far were tried, or a paused transport holds them. */
  async finish(): Promise<void> {
    this.#owed.complete();
    this.changed.notify();
    while (this.isOwing) await new Promise<void>((resolve) => void this.#turns.push(resolve));
  }

  /** Has those check again who wait until nothing is owed. */
  turned(): void {
    for (const resolve of this.#turns.splice(0)) resolve();
  }

  /** A mail that this process queued and nobody may have tried, and that the queue may hand out. */
  firstOwed(at: Date): string | undefined {
    return this.#owed.firstDue(at);
  }

  /** Forgets due mails that other processes have tried: the queue had nothing due at `at`, after `addedCount` was read. */
  triedElsewhere(addedCount: number, at: Date): void {
    this.#owed.gone(addedCount, at, (id) => this.#underWay.has(id));
  }

  /** Has the queue looked at at once, and lets one mail probe a transport that is paused. */
  tryNow(): void {
    this.#attempts.probeNow();
    this.changed.notify();
  }

  /** Starts no further mail until `resume`; mails under way go on. */
  pause(): void {
    this.#paused = true;
    this.changed.notify();
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  resume(): void {
    this.#paused = false;
    this.changed.notify();
  }

  /** The mailers that a fault holds up, and the milliseconds until each is tried again. */
  get holds(): readonly MailerHold[] {
    return this.#attempts.holds;
  }

  /** Returns how many of `wanted` mails may begin now. */
  allowed(wanted: number): number {
    if (this.#state !== 'running' || this.#paused || wanted <= 0) return 0;
    return this.#attempts.allowed(wanted);
  }

  /** Returns the milliseconds until a mail may begin, if none may now; `changed` tells of an end that comes sooner. */
  msUntilAllowed(): number {
    return this.#paused || this.isStopped ? POLL_MS : this.#attempts.msUntilNext();
  }

  get underWay(): readonly string[] {
    return [...this.#underWay.keys()];
  }

  isUnderWay({ id }: Claim): boolean {
    return this.#underWay.has(id);
  }

  get underWayCount(): number {
    return this.#underWay.size;
  }

  /**
   * Resolves with how the claim ends, after its attempt. `settled` must follow, once that is stored. A mail that is claimed
   * again while it is under way, after a sleep of the machine, is not tried twice: both claims end alike.
   */
  deliver(claim: Claim): Promise<Ending> {
    const underWay = this.#underWay.get(claim.id);
    if (underWay) return underWay;
    const ending = this.#deliver(claim);
    this.#underWay.set(claim.id, ending);
    return ending;
  }

  async #deliver(claim: Claim): Promise<Ending> {
    const { quarantine } = this.#options;
    // A queue that hands its mails out may do so while it is told to pause.
    if (this.#paused || this.isStopped) return { settlement: { state: 'released' } };
    if (!quarantine.admits(claim)) return this.#putBack(claim, SUSPECT_MS);
    const turn = await this.#attempts.run(claim);
    return 'waitMs' in turn ? this.#putBack(claim, turn.waitMs) : turn;
  }

  /** Puts a mail back that may be claimed again in `waitMs` milliseconds. It loses no attempt. */
  #putBack({ id }: Claim, waitMs: number): Ending {
    const dueAt = new Date(this.#options.now().getTime() + waitMs);
    this.#owed.putBack(id, dueAt);
    return { settlement: { state: 'released', dueAt } };
  }

  /** The ending is stored: tells of it. */
  settled(claim: Claim, ending: Ending): void {
    const { log, publish } = this.#options;
    const { settlement } = ending;
    // Before the listeners run: a mail that is due again meanwhile may be claimed.
    this.#forget(claim);
    if (settlement.state !== 'released' || ending.isHeld) this.#owed.tried(claim.id);
    this.turned();
    log.settled(claim, settlement);
    publishSettlement(publish, claim, ending);
    this.changed.notify();
  }

  /** The ending could not be stored: the lease runs out. */
  unsettled(claim: Claim, error: unknown): void {
    this.#forget(claim);
    this.#options.log.fault(`The mail ${claim.id} is not settled`, error);
    this.changed.notify();
  }

  #forget(claim: Claim): void {
    this.#underWay.delete(claim.id);
    this.#options.quarantine.release(claim);
  }
}

/** Publishes how a claim ended. The attempt itself has published `mail.sent`. */
function publishSettlement(
  publish: PublishMailEvent,
  { id, message, attempt }: Claim,
  { settlement, error }: Ending,
): void {
  const event = { ...describeMessage(message), id, attempt, ...(error && { error }) };
  if (settlement.state === 'released' && error) publish('mail.released', event);
  if (settlement.state === 'waiting') publish('mail.deferred', { ...event, dueAt: settlement.dueAt });
  if (settlement.state === 'dead') publish('mail.dead', event);
  if (settlement.state === 'ambiguous') publish('mail.ambiguous', event);
  if (settlement.state === 'expired') publish('mail.expired', event);
}
