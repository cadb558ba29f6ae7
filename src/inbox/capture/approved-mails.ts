import type { RenderedMessage } from '../../message/message.js';

export interface Approved {
  readonly message: RenderedMessage;
  readonly context: object | undefined;
}

const MOST = 1_000;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Mails on their way from approval to their first event, by Message-ID. Some never have one (the queue had
 * them already, or did not take them) and nobody says so: the oldest make room, by number and by size.
 */
export class ApprovedMails {
  readonly #mails = new Map<string, Approved>();
  #bytes = 0;

  add(approved: Approved): void {
    const { messageId } = approved.message;
    this.take(messageId);
    this.#mails.set(messageId, approved);
    this.#bytes += bytesOf(approved.message);
    for (const oldest of this.#mails.keys()) {
      if (oldest === messageId || (this.#mails.size <= MOST && this.#bytes <= MOST_BYTES)) break;
      this.take(oldest);
    }
  }

  /** It is held no longer. */
  take(messageId: string): Approved | undefined {
    const approved = this.#mails.get(messageId);
    if (!approved) return undefined;
    this.#mails.delete(messageId);
    this.#bytes -= bytesOf(approved.message);
    return approved;
  }
}

/** About as many as its contents hold. */
export function bytesOf({ html = '', text = '', attachments }: RenderedMessage): number {
  return attachments.reduce((sum, { content }) => sum + content.byteLength, html.length + text.length);
}
