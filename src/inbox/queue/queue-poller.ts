import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../../errors/mail-error.js';
import type { QueueEntry } from '../../queue/mail-queue.js';
import { MailroomView } from '../mailroom-view.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';
import { mergeQueueState } from '../timeline/mail-progress.js';

const POLL_MS = 1_000;
/** Mails per poll; larger queues are polled in rotation. */
const MAX_MAILS = 50;

/**
 * Polls the queue for the state of waiting mails, because events of another process that delivers them do not
 * arrive here. A state counts only once two polls have seen it: an event of this process may still be under way.
 */
@Injectable()
export class QueuePoller implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('MailInbox');
  readonly #mailroom: MailroomView;
  readonly #store: MailStore;
  /** The state that the last poll found, by id of the mail. */
  readonly #seen = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #offset = 0;

  constructor(mailroom: MailroomView, store: MailStore) {
    this.#mailroom = mailroom;
    this.#store = store;
  }

  onApplicationBootstrap(): void {
    this.#schedule();
  }

  onApplicationShutdown(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#poll().finally(() => this.#schedule()), POLL_MS).unref();
  }

  async #poll(): Promise<void> {
    const mails = this.#pending();
    const { queue } = this.#mailroom;
    if (mails.length === 0 || !queue) return;
    try {
      await Promise.all(mails.map(async (mail) => this.#compare(mail, await queue.get(mail.queueId ?? ''))));
    } catch (error) {
      this.#logger.debug(`The inbox cannot look at the queue: ${messageOf(error)}`);
    }
  }

  /** The next batch of waiting mails, in rotation. */
  #pending(): readonly CapturedMail[] {
    const waiting = this.#store.mails.filter(isWaiting);
    if (waiting.length === 0) this.#seen.clear();
    const start = this.#offset < waiting.length ? this.#offset : 0;
    this.#offset = start + MAX_MAILS;
    return waiting.slice(start, start + MAX_MAILS);
  }

  #compare({ id }: CapturedMail, entry: QueueEntry | undefined): void {
    if (!entry) return;
    const found = `${entry.state} ${entry.attempts.length}`;
    const isSure = this.#seen.get(id) === found;
    this.#seen.set(id, found);
    if (!isSure) return;
    const seen = { at: new Date(), isCaptured: this.#mailroom.captures(entry.mailer) };
    void this.#store.change(
      () => this.#store.get(id),
      (mail) => (isWaiting(mail) ? mergeQueueState(mail, entry, seen) : mail),
    );
  }
}

function isWaiting({ status, queueId }: CapturedMail): boolean {
  return queueId !== undefined && (status === 'queued' || status === 'deferred');
}
