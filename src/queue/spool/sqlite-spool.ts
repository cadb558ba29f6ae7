import { MailError, messageOf } from '../../errors/mail-error.js';
import type {
  Claim,
  Exchange,
  Exchanged,
  MailerChoice,
  MailSelection,
  NewMail,
  PullQueue,
  QueuedMail,
  QueueEntry,
  QueueFilter,
  QueueStats,
  SettledClaim,
} from '../mail-queue.js';
import { Listeners } from './channel/listeners.js';
import type {
  ReplyOf,
  RequestOf,
  SettleRequest,
  SpoolNotice,
  SpoolOperation,
  StoredClaim,
} from './channel/protocol.js';
import { type ResolvedSpoolOptions, resolveSpoolOptions, type SpoolOptions } from './spool.options.js';
import { errorOf, ThreadChannel } from './channel/thread-channel.js';
import { RecordCipher } from '../record/record-cipher.js';
import type { TurnsReply, TurnsRequest, TurnStore } from '../turn-store.js';
import {
  addRequest,
  claimFrom,
  claimRequest,
  entryFrom,
  queuedMail,
  seqOf,
  statsFrom,
  storedFilter,
  storedSettlement,
} from './channel/wire.js';

/** A mail with a record that cannot be read; it was set aside as `corrupt`. */
export interface CorruptMail {
  readonly id: string;
  readonly mailer: string;
  readonly reason: string;
}

/**
 * Keeps queued mails in one SQLite file, which processes of one machine may share. A thread of its own does the work;
 * mails that are added at the same time share one fsync.
 */
export class SqliteSpool implements PullQueue {
  readonly name = 'spool';
  readonly turns: TurnStore = { take: (request) => this.#takeTurns(request) };
  readonly #options: ResolvedSpoolOptions;
  readonly #corrupt = new Listeners<CorruptMail>();
  readonly #lost = new Listeners<MailError>();
  readonly #rescued = new Listeners<string>();
  readonly #cipher: RecordCipher;
  /** Unsettled claims: number of the claim by number of the mail. A new thread needs them. */
  readonly #held = new Map<number, number>();
  #channel: ThreadChannel | undefined;
  #opening: Promise<ThreadChannel> | undefined;
  #wasOpen = false;
  #closing: Promise<void> | undefined;
  #warnings: readonly string[] = [];

  /** @throws {MailError} `config` */
  constructor(options: SpoolOptions) {
    this.#options = resolveSpoolOptions(options);
    this.#cipher = new RecordCipher(this.#options.encryptionKey);
  }

  /** Warnings about the spool's location for the operator, one sentence each, once the spool is open. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  get target(): string {
    return this.#options.path;
  }

  async open(): Promise<void> {
    await this.#opened();
  }

  #opened(): Promise<ThreadChannel> {
    // After a failure the next call may succeed: the folder may be there by then.
    this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open(): Promise<ThreadChannel> {
    const { path, maxBacklog, encryptionKey, mailers } = this.#options;
    const channel = new ThreadChannel(
      (error) => this.#lose(channel, error),
      (notice) => this.#notice(notice),
    );
    try {
      const request = { path, maxBacklog, encryptionKey, mailers, held: [...this.#held] };
      const { warnings } = await channel.call('open', request);
      this.#warnings = warnings;
      this.#wasOpen = true;
      this.#channel = channel;
      return channel;
    } catch (error) {
      await channel.terminate();
      throw error;
    }
  }

  /** Handles a thread that ended by itself. The next call opens another. */
  #lose(channel: ThreadChannel, error: MailError): void {
    if (this.#channel !== channel || this.#closing) return;
    this.#channel = undefined;
    this.#opening = undefined;
    this.#lost.call(error);
  }

  #notice({ message, corrupt }: SpoolNotice): void {
    this.#rescued.call(message);
    for (const { seq, mailer, reason } of corrupt) this.#corrupt.call({ id: String(seq), mailer, reason });
  }

  async add(mail: NewMail): Promise<QueuedMail> {
    const request = addRequest(mail, this.#now());
    const reply = await this.#call(
      'add',
      request,
      request.message.parts.map(({ buffer }) => buffer),
    );
    return queuedMail(reply);
  }

  async exchange({ settle = [], claim }: Exchange): Promise<Exchanged> {
    const settles = settle.map((ended) => this.#settleRequest(ended));
    const reply = await this.#call('exchange', { settles, claim: claim && claimRequest(claim) });
    const { claims, corrupt, unsettled } = reply;
    const open = new Set(unsettled.map(({ seq }) => seq));
    for (const { seq } of settles) if (!open.has(seq)) this.#held.delete(seq);
    for (const { seq, mailer, reason } of corrupt) this.#corrupt.call({ id: String(seq), mailer, reason });
    for (const stored of claims) this.#held.set(stored.seq, stored.claim);
    const read = await Promise.all(claims.map((stored) => this.#read(stored)));
    return {
      claims: read.filter((found) => found !== undefined),
      unsettled: unsettled.map(({ seq, fault }) => ({ id: String(seq), error: errorOf(fault) })),
    };
  }

  #settleRequest({ id, settlement }: SettledClaim): SettleRequest {
    return { seq: seqOf(id), now: this.#now(), settlement: storedSettlement(settlement) };
  }

  /** Sets a mail aside if its record is whole and still no mail: another program wrote it. */
  async #read(stored: StoredClaim): Promise<Claim | undefined> {
    const { mailer } = stored;
    try {
      return claimFrom(stored);
    } catch (error) {
      await this.#call('setAside', { seq: stored.seq, now: this.#now() });
      this.#held.delete(stored.seq);
      this.#corrupt.call({ id: String(stored.seq), mailer, reason: messageOf(error) });
      return undefined;
    }
  }

  async extend(ids: readonly string[], leasedUntil: Date): Promise<readonly string[]> {
    const request = { seqs: ids.map(seqOf), now: this.#now(), leasedUntil: leasedUntil.getTime() };
    return Array.from(await this.#call('extend', request), String);
  }

  async nextDueAt(mailer: MailerChoice): Promise<Date | undefined> {
    const readyAt = await this.#call('nextReadyAt', { mailer, now: this.#now() });
    return readyAt === undefined ? undefined : new Date(readyAt);
  }

  /** Calls back when a claim finds a mail that cannot be read. @returns a function that removes the callback */
  onCorrupt(listener: (mail: CorruptMail) => void): () => void {
    return this.#corrupt.add(listener);
  }

  /** Calls back when the thread has ended by itself. @returns a function that removes the callback */
  onLost(listener: (error: MailError) => void): () => void {
    return this.#lost.add(listener);
  }

  /**
   * Calls back when the file was found damaged, deleted, emptied or replaced, and tells what was done about it.
   * @returns a function that removes the callback
   */
  onRescued(listener: (message: string) => void): () => void {
    return this.#rescued.add(listener);
  }

  async stats(): Promise<QueueStats> {
    return statsFrom(await this.#call('stats', { now: this.#now() }));
  }

  async list(filter: QueueFilter, limit: number): Promise<readonly QueueEntry[]> {
    return Array.from(await this.#call('list', { filter: storedFilter(filter), limit }), entryFrom);
  }

  async get(id: string): Promise<QueueEntry | undefined> {
    const [entry] = await this.#call('list', { filter: storedFilter({ id }), limit: 1 } as const);
    return entry && entryFrom(entry);
  }

  retry(filter: MailSelection, expiresAt: Date): Promise<number> {
    return this.#call('retry', {
      filter: storedFilter(filter),
      now: this.#now(),
      expiresAt: expiresAt.getTime(),
    });
  }

  cancel(filter: MailSelection): Promise<number> {
    return this.#call('cancel', { filter: storedFilter(filter), now: this.#now() });
  }

  prune(now: Date): Promise<void> {
    const { retention, failedRetention } = this.#options;
    const before = (kept: number): number => now.getTime() - kept;
    const endedBefore = { retention: before(retention), failedRetention: before(failedRetention) };
    return this.#call('prune', { endedBefore });
  }

  async #takeTurns(request: TurnsRequest): Promise<TurnsReply> {
    if (!this.#wasOpen && !this.#closing) await this.open();
    return this.#call('takeTurns', { ...request, limit: this.#cipher.digest(request.limit) });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const channel = await this.#opening?.catch(() => undefined);
    if (!channel) return;
    await channel.idle();
    try {
      await channel.call('close', undefined);
    } finally {
      await channel.terminate();
    }
  }

  /** Truncates the time: the database keeps no fractions of a millisecond. */
  #now(): number {
    return Math.trunc(this.#options.clock());
  }

  async #call<K extends SpoolOperation>(
    operation: K,
    request: RequestOf<K>,
    transfer?: readonly ArrayBuffer[],
  ): Promise<ReplyOf<K>> {
    if (!this.#wasOpen || this.#closing) {
      const state = this.#closing ? 'is closed' : 'is not open';
      throw new MailError('closed', `The mail spool ${state}; nothing was done`);
    }
    const channel = this.#channel ?? (await this.#opened());
    return channel.call(operation, request, transfer);
  }
}
