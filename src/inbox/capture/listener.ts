import type { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';

/** A mail another program sent, read for the page. `source` is what came, byte for byte. */
export interface ReceivedMail {
  readonly message: RenderedMessage;
  readonly source: Buffer;
}

export interface ListenerOptions {
  /** Bytes a mail may have. */
  readonly maxSize: number;
  /** Resolves when the mail is kept, and rejects when it cannot be: its sender is told so. */
  readonly receive: (mail: ReceivedMail) => Promise<void>;
  readonly onFault: (error: MailError) => void;
}

/** Takes mails of other programs into the inbox. */
export interface MailListener {
  /**
   * Resolves with the port it listens on.
   * @throws {MailError} `config` when it cannot
   */
  open(options: ListenerOptions): Promise<{ readonly port: number }>;
  /** Ends its connections; idempotent. */
  close(): Promise<void>;
}
