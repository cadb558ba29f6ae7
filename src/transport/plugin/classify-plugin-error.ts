import { fieldOf, MailError, type MailErrorCode } from '../../errors/mail-error.js';
import type { Progress } from '../smtp-attempt.js';
import { classifySmtpError } from '../smtp/classify.js';
import { shown } from '../remote-text.js';
import { readFault } from '../smtp/smtp-fault.js';

/** Classifies a plugin's error by its SMTP reply, its HTTP status, or the progress of the attempt. */
export function classifyPluginError(error: unknown, name: string, progress: Progress): MailError {
  if (MailError.is(error)) return error;
  const status = httpStatus(error);
  if (status === undefined)
    return classifySmtpError(error, { progress, peer: name, conceal: (text) => text });
  const [code, retryable] = ofStatus(status);
  const text = shown(readFault(error).text, (said) => said);
  return new MailError(code, `${name} refused the mail with status ${status}: ${text}`, {
    retryable,
    cause: error,
  });
}

function ofStatus(status: number): readonly [MailErrorCode, retryable: boolean] {
  if (status === 401 || status === 403) return ['authentication', true];
  if (status === 429) return ['rate-limited', true];
  return status >= 500 || status === 408 ? ['transport-unavailable', true] : ['message-rejected', false];
}

/** Finds the status in the fields of HTTP clients and SDKs. */
export function httpStatus(error: unknown): number | undefined {
  const places = [
    fieldOf(error, 'statusCode'),
    fieldOf(error, 'status'),
    fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode'),
  ];
  return places.find((place): place is number => typeof place === 'number' && place >= 400 && place < 600);
}
