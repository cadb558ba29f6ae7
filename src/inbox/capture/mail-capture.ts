import { MailError } from '../../errors/mail-error.js';
import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { MailObserver } from '../../mail.observer.js';
import type { RenderedMessage } from '../../message/message.js';
import { composeMime } from '../../mime/compose-mime.js';
import type { CapturedMail } from '../store/captured-mail.js';
import type { MailContent } from '../store/mail-files.js';
import type { MailStore, NewMail } from '../store/mail-store.js';
import { progressed } from '../timeline/mail-progress.js';
import { type Approved, ApprovedMails, bytesOf } from './approved-mails.js';
import { captured } from './captured.js';
import type { ReceivedMail } from './listener.js';

export interface MailCaptureOptions {
  readonly store: MailStore;
  readonly now: () => Date;
  /** Whether mails of a mailer are wanted. */
  readonly wants: (mailer: string) => boolean;
  /** Whether a mailer keeps its mails instead of sending them. */
  readonly captures: (mailer: string) => boolean;
  readonly onFault: (what: string) => void;
}

/** Bytes of the largest mail that is kept. */
export const MAX_SIZE = 25 * 1024 * 1024;
/** Copies that wait for the disk; more are not made. */
const MOST_WAITING = 500;
const MOST_WAITING_BYTES = 128 * 1024 * 1024;

/** Copies into the store what the application sends, and notes there what becomes of it. */
export class MailCapture implements Pick<MailObserver, 'onApproved' | 'onEvent'> {
  readonly #options: MailCaptureOptions;
  /** In the inbox with the first event: a mail that comes to nothing is not shown. */
  readonly #approved = new ApprovedMails();
  #waiting = 0;
  #waitingBytes = 0;
  /** Since nothing waited. */
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
      (mail) => progressed(mail, name, event, { at, isKept: this.#isKept(mail) }),
    );
  }

  #isKept({ mailer }: CapturedMail): boolean {
    return mailer !== undefined && this.#options.captures(mailer);
  }

  /**
   * A mail another program sent.
   * @throws {MailError} `transport-unavailable` when it could not be kept
   */
  async receive(content: ReceivedMail): Promise<void> {
    const at = this.#options.now();
    const isKept = await this.#options.store.add(() =>
      Promise.resolve(this.#kept(content, captured(content, { at, status: 'received' }))),
    );
    if (!isKept)
      throw new MailError('transport-unavailable', 'The inbox could not keep the mail; see its log.');
  }

  #capture({ message, context }: Approved, at: Date): void {
    const bytes = bytesOf(message);
    if (this.#isFull(bytes)) {
      this.#skipped += 1;
      return;
    }
    this.#waits(1, bytes);
    void this.#options.store
      .add(async () => {
        const content = { message, source: await composeMime(message) };
        return this.#kept(content, captured(content, { at, status: 'queued', context }));
      })
      .finally(() => this.#waits(-1, -bytes));
  }

  /** A single waiting mail is always allowed, however large. */
  #isFull(bytes: number): boolean {
    const isTooMuch = this.#waiting > 0 && this.#waitingBytes + bytes > MOST_WAITING_BYTES;
    return isTooMuch || this.#waiting >= MOST_WAITING;
  }

  #waits(mails: number, bytes: number): void {
    this.#waiting += mails;
    this.#waitingBytes += bytes;
    if (this.#waiting === 0) this.#tellSkipped();
  }

  /** Once for all that came at once, not a line for each. */
  #tellSkipped(): void {
    const count = this.#skipped;
    this.#skipped = 0;
    if (count === 0) return;
    this.#options.onFault(
      `${count === 1 ? '1 mail is' : `${count} mails are`} not shown in the inbox: too many were sent at once.`,
    );
  }

  #kept(content: MailContent, mail: NewMail['mail']): NewMail | undefined {
    if (mail.size <= MAX_SIZE) return { mail, content };
    this.#options.onFault(
      `The mail ${content.message.messageId} is not shown in the inbox: it has more than ${MAX_SIZE} bytes.`,
    );
    return undefined;
  }
}
