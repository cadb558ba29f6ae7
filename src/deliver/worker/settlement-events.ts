import type { MailError } from '../../errors/mail-error.js';
import { describeMessage, type PublishMailEvent } from '../../mail.events.js';
import type { Claim, Settlement } from '../../queue/mail-queue.js';

/** Tells how a claim ended; of one that was sent, its attempt has told already. */
export function publishSettlement(
  publish: PublishMailEvent,
  { id, message, attempt }: Claim,
  settlement: Settlement,
  error: MailError | undefined,
): void {
  const event = { ...describeMessage(message), id, attempt, ...(error && { error }) };
  if (settlement.state === 'released' && error) publish('mail.released', event);
  if (settlement.state === 'waiting') publish('mail.deferred', { ...event, dueAt: settlement.dueAt });
  if (settlement.state === 'dead') publish('mail.dead', event);
  if (settlement.state === 'ambiguous') publish('mail.ambiguous', event);
  if (settlement.state === 'expired') publish('mail.expired', event);
}
