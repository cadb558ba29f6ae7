import { MailError } from '../errors/mail-error.js';
import type { MailOutcome } from '../errors/mail-error.js';

/** The error of a send after its transport was closed; `ambiguous` if the mail had been handed over already. */
export function closedError(transport: string, outcome: MailOutcome = 'not-sent'): MailError {
  return outcome === 'unknown'
    ? new MailError(
        'ambiguous',
        `The ${transport} transport was closed after the mail was handed over, before the answer came`,
      )
    : new MailError('closed', `The ${transport} transport is closed; the mail was not sent`);
}
