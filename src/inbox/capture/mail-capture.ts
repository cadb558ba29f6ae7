import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { MailWatcher } from '../../mail.watch.js';
import type { RenderedMessage } from '../../message/message.js';
import { composeMime } from '../../mime/compose-mime.js';
import type { MailContent } from '../store/mail-files.js';
import type { MailStore, NewMail } from '../store/mail-store.js';
import { captured } from './captured.js';
import type { ReceivedMail } from './listener.js';
import { progressed } from './mail-progress.js';

export interface MailCaptureOptions {
  readonly store: MailStore;
  readonly now: () => Date;
  /** Whether mails of a mailer are wanted. */
  readonly wants: (mailer: string) => boolean;
  readonly onFault: (what: string) => void;
}

interface Approved {
  readonly message: RenderedMessage;
  readonly context: object | undefined;
}

/** Bytes of the largest mail that is kept. */
export const MAX_SIZE = 25 * 1024 * 1024;
/** Mails on their way from approval to their first event; some never have one. */
const MOST_APPROVED = 1_000;
/** Copies that wait for the disk; more are not made. */
const MOST_WAITING = 500;

/** Copies into the store what the application sends, and notes there what becomes of it. */
export class MailCapture implements Pick<MailWatcher, 'approved' | 'happened'> {
  readonly #options: MailCaptureOptions;
  /** By Message-ID. In the inbox with the first event: a mail that comes to nothing is not shown. */
  readonly #approved = new Map<string, Approved>();
  #waiting = 0;

  constructor(options: MailCaptureOptions) {
    this.#options = options;
  }

  approved(message: RenderedMessage, context: object | undefined): void {
    if (!this.#options.wants(message.mailer)) return;
    this.#approved.set(message.messageId, { message, context });
    const [oldest] = this.#approved.keys();
    if (this.#approved.size > MOST_APPROVED && oldest !== undefined) this.#approved.delete(oldest);
  }

  happened<N extends MailEventName>(name: N, event: MailEvents[N]): void {
    if (!('messageId' in event)) return;
    const { store, now } = this.#options;
    const { messageId } = event;
    const at = now();
    const approved = this.#approved.get(messageId);
    this.#approved.delete(messageId);
    if (approved) this.#capture(approved, at);
    void store.change(
      () => store.byMessageId(messageId),
      (mail) => progressed(mail, name, event, at),
    );
  }

  /** A mail another program sent. */
  receive(content: ReceivedMail): Promise<void> {
    const at = this.#options.now();
    return this.#options.store.add(() =>
      Promise.resolve(this.#kept(content, captured(content, { at, status: 'received' }))),
    );
  }

  #capture({ message, context }: Approved, at: Date): void {
    if (this.#waiting >= MOST_WAITING) return this.#skip(message, 'too many are sent at once');
    this.#waiting += 1;
    void this.#options.store
      .add(async () => {
        const content = { message, source: await composeMime(message) };
        return this.#kept(content, captured(content, { at, status: 'queued', context }));
      })
      .finally(() => (this.#waiting -= 1));
  }

  #kept(content: MailContent, mail: NewMail['mail']): NewMail | undefined {
    if (mail.size <= MAX_SIZE) return { mail, content };
    this.#skip(content.message, `it has more than ${MAX_SIZE} bytes`);
    return undefined;
  }

  #skip({ messageId }: RenderedMessage, why: string): void {
    this.#options.onFault(`The mail ${messageId} is not shown in the inbox: ${why}.`);
  }
}
