import type { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';

/** A mail from another program, parsed for the page. `source` holds the received bytes unchanged. */
export interface ReceivedMail {
  readonly message: RenderedMessage;
  readonly source: Buffer;
}

export interface ListenerOptions {
  /** Largest accepted mail, in bytes. */
  readonly maxSize: number;
  /** Resolves once the mail is stored. Rejects if it cannot be stored; the listener must tell the sender. */
  readonly receive: (mail: ReceivedMail) => Promise<void>;
  readonly onFault: (error: MailError) => void;
}

/** Accepts mails of other programs for the inbox. */
export interface MailListener {
  /**
   * Starts listening and resolves with the port.
   * @throws {MailError} `config` if it cannot listen
   */
  open(options: ListenerOptions): Promise<{ readonly port: number }>;
  /** Stops listening and ends open connections; idempotent. */
  close(): Promise<void>;
}
