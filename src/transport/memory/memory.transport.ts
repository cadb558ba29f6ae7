import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { throwIfAborted } from '../../errors/abort.js';
import { closedError } from '../closed.js';
import type { AttemptOptions, Transport } from '../transport.js';
import type { MailOutbox } from './outbox.js';

/** Captures mails in an outbox; nothing leaves the process. */
export class MemoryTransport implements Transport {
  readonly name = 'memory';
  readonly captures = true;
  readonly target = 'MailOutbox';
  readonly outbox: MailOutbox;
  #closed = false;

  constructor(outbox: MailOutbox) {
    this.outbox = outbox;
  }

  async send(message: RenderedMessage, { signal }: AttemptOptions): Promise<Receipt> {
    if (this.#closed) throw closedError(this.name);
    throwIfAborted(signal);
    this.outbox.capture(message);
    const { messageId, envelope } = message;
    return { messageId, transport: this.name, accepted: envelope.to, rejected: [], durationMs: 0 };
  }

  async verify({ signal }: AttemptOptions): Promise<void> {
    if (this.#closed) throw closedError(this.name);
    throwIfAborted(signal);
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }
}
