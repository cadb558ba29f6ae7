import { describeMessage, type PublishMailEvent } from '../../mail.events.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { attemptOver } from '../../transport/attempt-over.js';
import type { AttemptOptions, Transport } from '../../transport/transport.js';

export interface DeliverOptions extends AttemptOptions {
  readonly publish: PublishMailEvent;
}

/**
 * Makes a single attempt over `transport`, and publishes its events.
 * @throws {MailError}
 */
export async function deliver(
  message: RenderedMessage,
  transport: Transport,
  { publish, ...options }: DeliverOptions,
): Promise<Receipt> {
  options.signal.throwIfAborted();
  publish('mail.sending', describeMessage(message));
  const receipt = await attemptOver(transport, message, options);
  publish('mail.sent', { ...describeMessage(message), receipt });
  return receipt;
}
