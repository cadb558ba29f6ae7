import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { messageOf } from '../../errors/mail-error.js';
import type { QueueEntry } from '../../queue/mail-queue.js';
import { MailroomView } from '../mailroom-view.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';
import { takenOver } from '../timeline/mail-progress.js';

/** Milliseconds between two looks. */
const LOOK_MS = 1_000;
/** Mails of one look: what is queued by the thousand is gone through in turns. */
const MOST = 50;

/**
 * Where another process delivers, its events never come here: asks the queue what became of the mails that
 * wait. An event of this process may just be on its way, so what one look finds counts when the next
 * finds it too.
 */
@Injectable()
export class QueueWatch implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('MailInbox');
  readonly #mailroom: MailroomView;
  readonly #store: MailStore;
  /** What the last look at a mail found. */
  readonly #seen = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #looked = 0;

  constructor(mailroom: MailroomView, store: MailStore) {
    this.#mailroom = mailroom;
    this.#store = store;
  }

  onApplicationBootstrap(): void {
    this.#lookLater();
  }

  onApplicationShutdown(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  #lookLater(): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => void this.#look().finally(() => this.#lookLater()), LOOK_MS).unref();
  }

  async #look(): Promise<void> {
    const mails = this.#pending();
    const { queue } = this.#mailroom;
    if (mails.length === 0 || !queue) return;
    try {
      await Promise.all(mails.map(async (mail) => this.#compare(mail, await queue.get(mail.queueId ?? ''))));
    } catch (error) {
      this.#logger.debug(`The inbox cannot look at the queue: ${messageOf(error)}`);
    }
  }

  /** The next of those that wait, all of them in turn. */
  #pending(): readonly CapturedMail[] {
    const waiting = this.#store.mails.filter(isWaiting);
    if (waiting.length === 0) this.#seen.clear();
    const start = this.#looked < waiting.length ? this.#looked : 0;
    this.#looked = start + MOST;
    return waiting.slice(start, start + MOST);
  }

  #compare({ id }: CapturedMail, entry: QueueEntry | undefined): void {
    if (!entry) return;
    const found = `${entry.state} ${entry.attempts.length}`;
    const isSure = this.#seen.get(id) === found;
    this.#seen.set(id, found);
    if (!isSure) return;
    const seen = { at: new Date(), isKept: this.#mailroom.captures(entry.mailer) };
    void this.#store.change(
      () => this.#store.get(id),
      (mail) => (isWaiting(mail) ? takenOver(mail, entry, seen) : mail),
    );
  }
}

function isWaiting({ status, queueId }: CapturedMail): boolean {
  return queueId !== undefined && (status === 'queued' || status === 'deferred');
}
