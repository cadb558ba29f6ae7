import { createHash } from 'node:crypto';
import type { RenderedMessage } from '../../message/message.js';

/**
 * Returns the same key for the same mail to the same recipients from the same account, so that it is sent only once.
 * @returns 64 digits in hex
 */
export function keyOf(
  { messageId }: RenderedMessage,
  recipients: readonly string[],
  account: string,
): string {
  return createHash('sha256')
    .update(JSON.stringify([account, messageId, ...recipients.toSorted()]))
    .digest('hex');
}
