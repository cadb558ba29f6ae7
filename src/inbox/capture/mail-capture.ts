import { MailError } from '../../errors/mail-error.js';
import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { MailObserver } from '../../mail.observer.js';
import type { RenderedMessage } from '../../message/message.js';
import { composeMime } from '../../mime/compose-mime.js';
import type { CapturedMail } from '../store/captured-mail.js';
import type { MailContent } from '../store/mail-files.js';
import type { MailStore, CaptureRecord } from '../store/mail-store.js';
import { applyEvent } from '../timeline/mail-progress.js';
import { type ApprovedMail, ApprovedMails, contentSize } from './approved-mails.js';
import { toCapturedMail } from './to-captured-mail.js';
import type { ReceivedMail } from './listener.js';

export interface MailCaptureOptions {
  readonly store: MailStore;
  readonly now: () => Date;
  /** Whether the inbox shows mails of this mailer. */
  readonly wants: (mailer: string) => boolean;
  /** Whether this mailer keeps its mails instead of sending them. */
  readonly captures: (mailer: string) => boolean;
  readonly onFault: (message: string) => void;
}

/** Largest mail that the inbox keeps, in bytes. */
export const MAX_SIZE = 25 * 1024 * 1024;
/** Copies that may wait for the disk at once; further mails are skipped. */
const MAX_PENDING = 500;
const MAX_PENDING_BYTES = 128 * 1024 * 1024;

/** Copies the mails of the application into the store, and records their progress there. */
export class MailCapture implements Pick<MailObserver, 'onApproved' | 'onEvent'> {
  readonly #options: MailCaptureOptions;
  /** A mail enters the inbox with its first event, so a mail that nothing ever happens to is not shown. */
  readonly #approved = new ApprovedMails();
  #pending = 0;
  #pendingBytes = 0;
  /** Mails skipped since the last time that no copy was waiting. */
  #skipped = 0;

  constructor(options: MailCaptureOptions) {
    this.#options = options;
  }

  onApproved(message: RenderedMessage, context: object | undefined): void {
    if (this.#options.wants(message.mailer)) this.#approved.add({ message, context });
  }

  onEvent<N extends MailEventName>(name: N, event: MailEvents[N]): void {
    if (!('messageId' in event)) return;
    const { store, now } = this.#options;
    const { messageId } = event;
    const at = now();
    const approved = this.#approved.take(messageId);
    if (approved) this.#capture(approved, at);
    void store.change(
      () => store.byMessageId(messageId),
      (mail) => applyEvent(mail, name, event, { at, isCaptured: this.#isCaptured(mail) }),
    );
  }

  #isCaptured({ mailer }: CapturedMail): boolean {
    return mailer !== undefined && this.#options.captures(mailer);
  }

  /**
   * Stores a mail from another program.
   * @throws {MailError} `transport-unavailable` if the mail could not be stored
   */
  async receive(content: ReceivedMail): Promise<void> {
    const at = this.#options.now();
    const isStored = await this.#options.store.add(() =>
      Promise.resolve(this.#withinSize(content, toCapturedMail(content, { at, status: 'received' }))),
    );
    if (!isStored)
      throw new MailError('transport-unavailable', 'The inbox could not keep the mail; see its log.');
  }

  #capture({ message, context }: ApprovedMail, at: Date): void {
    const bytes = contentSize(message);
    if (this.#isFull(bytes)) {
      this.#skipped += 1;
      return;
    }
    this.#addPending(1, bytes);
    void this.#options.store
      .add(async () => {
        const content = { message, source: await composeMime(message) };
        return this.#withinSize(content, toCapturedMail(content, { at, status: 'queued', context }));
      })
      .finally(() => this.#addPending(-1, -bytes));
  }

  /** The first pending mail is always allowed, however large it is. */
  #isFull(bytes: number): boolean {
    const isTooMuch = this.#pending > 0 && this.#pendingBytes + bytes > MAX_PENDING_BYTES;
    return isTooMuch || this.#pending >= MAX_PENDING;
  }

  #addPending(mails: number, bytes: number): void {
    this.#pending += mails;
    this.#pendingBytes += bytes;
    if (this.#pending === 0) this.#reportSkipped();
  }

  /** Logs one line for a whole burst, not one for each mail. */
  #reportSkipped(): void {
    const count = this.#skipped;
    this.#skipped = 0;
    if (count === 0) return;
    this.#options.onFault(
      `${count === 1 ? '1 mail is' : `${count} mails are`} not shown in the inbox: too many were sent at once.`,
    );
  }

  #withinSize(content: MailContent, mail: CaptureRecord['mail']): CaptureRecord | undefined {
    if (mail.size <= MAX_SIZE) return { mail, content };
    this.#options.onFault(
      `The mail ${content.message.messageId} is not shown in the inbox: it has more than ${MAX_SIZE} bytes.`,
    );
    return undefined;
  }
}
