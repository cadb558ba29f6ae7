import { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import { classifySmtpError } from '../../transport/smtp/classify.js';
import { CHAOS_FAULTS, type ChaosFault } from '../api/chaos.js';

export function isChaosFault(value: unknown): value is ChaosFault {
  return CHAOS_FAULTS.some((fault) => fault === value);
}

/** The host in the error's message, so that nobody looks for the fault at a provider. */
const PEER = 'A chaos rule of the mail inbox';

const REPLIES = {
  '421': '421 4.3.2 Service shutting down',
  '451': '451 4.3.0 Try again later',
  '550': '550 5.1.1 No such user here',
} as const;

/**
 * The error an attempt ends with when a server fails so: made of what nodemailer reports then, by the SMTP
 * transport's own classification, so that whatever reads it does what it would do in life. 421 and timeouts
 * are the transport's fault, 451 is refused for now, 550 for good.
 */
export function stagedFault(fault: ChaosFault, { envelope }: RenderedMessage): MailError {
  if (fault === 'timeout') return new MailError('timeout', `${PEER} let the mail's time run out.`);
  const reported = fault === '550' ? refusedRecipients(envelope.to) : refusedCommand(fault);
  return classifySmtpError(reported, { progress: 'envelope', peer: PEER, conceal: (text) => text });
}

/** A mail is greeted with 421 before it begins, and deferred with 451 when all of it was said. */
function refusedCommand(fault: '421' | '451'): object {
  const response = REPLIES[fault];
  const command = fault === '421' ? 'MAIL FROM' : 'DATA';
  return { code: 'EMESSAGE', message: `${command} failed: ${response}`, response, command };
}

function refusedRecipients(to: readonly string[]): object {
  const response = REPLIES['550'];
  const fault = {
    code: 'EENVELOPE',
    message: `Recipient refused: ${response}`,
    response,
    command: 'RCPT TO',
  };
  return { ...fault, rejectedErrors: to.map((recipient) => ({ ...fault, recipient })) };
}
