import type { Claim, MailQueue, NewMail } from '../../src/queue/mail-queue.js';
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

export function claimDue(queue: MailQueue, limit = 100): Promise<readonly Claim[]> {
  const now = Date.now();
  return queue.claim({
    mailer: 'default',
    limit,
    now: new Date(now),
    leasedUntil: new Date(now + HOUR),
  });
}

export const messageIds = (claims: readonly Claim[]): readonly string[] =>
  claims.map(({ message }) => message.messageId);
