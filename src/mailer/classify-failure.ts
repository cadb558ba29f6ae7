import { MailError } from '../errors/mail-error.js';
import type { SmtpAttempt } from '../transport/smtp-attempt.js';
import { classifyPluginError, httpStatus } from '../transport/plugin/classify-plugin-error.js';
import { classifySmtpError } from '../transport/smtp/classify.js';
import { shown } from '../transport/remote-text.js';
import { readFault } from '../transport/smtp/smtp-fault.js';
import type { NextHop } from './next-hop.js';

/**
 * Classifies an error of a transporter: like our SMTP transport's where it speaks SMTP. For others only an answer,
 * or a server that could not be reached, proves that a mail was not sent once it was handed over.
 */
export function classifyFailure(error: unknown, outgoing: SmtpAttempt, nextHop: NextHop): MailError {
  if (MailError.is(error)) return error;
  const { peer } = nextHop;
  const fault = readFault(error);
  const text = shown(fault.text, (said) => nextHop.conceal(said));
  const cause = text === fault.text ? error : new Error(text);
  if (!outgoing.dispatched) return refusedByPlugin(cause, text, fault.code);
  if (nextHop.isSmtp || fault.reply) {
    // Elsewhere nothing shows when a mail was read; an answer is one to the mail.
    const progress = nextHop.isSmtp ? outgoing.progress : 'data';
    return classifySmtpError(error, { progress, peer, conceal: (said) => nextHop.conceal(said) });
  }
  const status = httpStatus(error);
  if (status !== undefined && status < 500 && status !== 408)
    return classifyPluginError(error, peer, 'envelope');
  if (UNREACHED.has(fault.code ?? '')) {
    return new MailError('transport-unavailable', `${peer} could not be reached: ${text}`, { cause });
  }
  const what = 'took the mail but did not confirm it, so it may have been sent';
  return new MailError('ambiguous', `${peer} ${what}: ${text}`, { cause });
}

/** Codes of connections that were never made, and of programs that do not exist. */
const UNREACHED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'EACCES',
]);

function refusedByPlugin(cause: unknown, text: string, code: string | undefined): MailError {
  return new MailError(
    'message-rejected',
    `MailerModule, or one of its plugins, refused the mail before it was handed over: ${text}`,
    { retryable: code !== 'EMAXRECIPIENTS', cause },
  );
}
