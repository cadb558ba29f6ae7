import { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import { classifySmtpError } from '../../transport/smtp/classify.js';
import { CHAOS_FAULTS, type ChaosFault } from '../api/chaos.js';

export function isChaosFault(value: unknown): value is ChaosFault {
  return CHAOS_FAULTS.some((fault) => fault === value);
}

/** Stands for the host in error messages, so that nobody suspects a provider. */
const PEER = 'A chaos rule of the mail inbox';

const REPLIES = {
  '421': '421 4.3.2 Service shutting down',
  '451': '451 4.3.0 Try again later',
  '550': '550 5.1.1 No such user here',
} as const;

/**
 * Builds the error of an attempt that fails in the given way. It passes the report that nodemailer would give
 * through the SMTP transport's own classification, so callers react as they do to a real server: 421 and timeouts
 * blame the transport, 451 refuses the mail for now, 550 for good.
 */
export function injectedFault(fault: ChaosFault, { envelope }: RenderedMessage): MailError {
  if (fault === 'timeout') return new MailError('timeout', `${PEER} let the mail's time run out.`);
  const reported = fault === '550' ? refusedRecipients(envelope.to) : refusedCommand(fault);
  return classifySmtpError(reported, { progress: 'envelope', peer: PEER, conceal: (text) => text });
}

/** Answers 421 to MAIL FROM, before the mail begins, and 451 to DATA, after all of it was transferred. */
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
