import type { RenderedMessage } from '../../message/message.js';

export interface ApprovedMail {
  readonly message: RenderedMessage;
  readonly context: object | undefined;
}

const MAX_MAILS = 1_000;
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Holds mails by Message-ID between their approval and their first event. Some mails never cause an event, for
 * instance because the queue refused them, and nothing reports that. So the oldest mails are dropped once there
 * are too many of them or they grow too large.
 */
export class ApprovedMails {
  readonly #mails = new Map<string, ApprovedMail>();
  #bytes = 0;

  add(approved: ApprovedMail): void {
    const { messageId } = approved.message;
    this.take(messageId);
    this.#mails.set(messageId, approved);
    this.#bytes += contentSize(approved.message);
    for (const oldest of this.#mails.keys()) {
      if (oldest === messageId || (this.#mails.size <= MAX_MAILS && this.#bytes <= MAX_BYTES)) break;
      this.take(oldest);
    }
  }

  /** Returns a mail and forgets it. */
  take(messageId: string): ApprovedMail | undefined {
    const approved = this.#mails.get(messageId);
    if (!approved) return undefined;
    this.#mails.delete(messageId);
    this.#bytes -= contentSize(approved.message);
    return approved;
  }
}

/** Approximate size in memory, in bytes. */
export function contentSize({ html = '', text = '', attachments }: RenderedMessage): number {
  return attachments.reduce((sum, { content }) => sum + content.byteLength, html.length + text.length);
}
