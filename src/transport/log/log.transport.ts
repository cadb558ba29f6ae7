import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { throwIfAborted } from '../../errors/abort.js';
import { closedError } from '../closed.js';
import type { TransportLogger } from '../resources.js';
import type { AttemptOptions, Transport } from '../transport.js';

/** Writes a line for each mail, and its text part at debug level; nothing leaves the process. */
export class LogTransport implements Transport {
  readonly name = 'log';
  readonly captures = true;
  readonly target = 'the log';
  readonly #logger: TransportLogger;
  #closed = false;

  constructor(logger: TransportLogger) {
    this.#logger = logger;
  }

  async send(message: RenderedMessage, { signal }: AttemptOptions): Promise<Receipt> {
    if (this.#closed) throw closedError(this.name);
    throwIfAborted(signal);
    this.#logger.log(summary(message));
    this.#logger.debug(message.text ?? '(no text part)');
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

/** Shows the subject as JSON, so that it cannot forge another log line. */
function summary({ envelope, subject, template, messageId }: RenderedMessage): string {
  const source = template === undefined ? '' : `, template ${template}`;
  return `Mail to ${envelope.to.join(', ')}: ${JSON.stringify(subject)}${source} ${messageId}`;
}
