import { claim, settle, type WorkedQueue } from '../../src/testing/contract/queue/queue-under-test.js';
import type { Claim, NewMail } from '../../src/queue/mail-queue.js';
import type { RenderedMessage } from '../../src/message/message.js';
import { renderedMessage } from '../support/rendered-message.js';

const HOUR = 3_600_000;

/** A mail that is due. */
export function dueMail(message: Partial<RenderedMessage> = {}, parts: Partial<NewMail> = {}): NewMail {
  const now = Date.now();
  return {
    message: renderedMessage(message),
    priority: 'normal',
    dueAt: new Date(now - HOUR),
    expiresAt: new Date(now + 48 * HOUR),
    ...parts,
  };
}

export { settle };

export function claimDue(queue: WorkedQueue, limit = 100): Promise<readonly Claim[]> {
  const now = Date.now();
  return claim(queue, { limit, now: new Date(now), leasedUntil: new Date(now + HOUR) });
}

export const messageIds = (claims: readonly Claim[]): readonly string[] =>
  claims.map(({ message }) => message.messageId);
