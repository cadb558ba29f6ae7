import { isNativeError } from 'node:util/types';
import { MailError } from '../mail.errors.js';
import type { HttpAnswer } from '../transport/http/http-answer.js';
import { type Fault, faultOf, LONG_PAUSE, type Telling } from '../transport/http/http-fault.js';
import { unreachedBy } from '../transport/http/http-client.js';
import { fieldOf, shown } from '../transport/smtp/smtp-fault.js';

const PAUSED: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'The account is paused: look at its reputation at Amazon.',
};
const RATE: Fault = { code: 'rate-limited', retryAfterMs: 1_000 };
const LOGIN: Fault = { code: 'authentication' };

/** Name of an exception → meaning, where its status says too little or something else. */
const BY_NAME: Readonly<Record<string, Fault>> = {
  UnrecognizedClientException: LOGIN,
  InvalidSignatureException: LOGIN,
  ExpiredTokenException: LOGIN,
  AccessDeniedException: LOGIN,
  SendingPausedException: PAUSED,
  AccountSuspendedException: PAUSED,
  MailFromDomainNotVerifiedException: { code: 'config', advice: 'Verify the MAIL FROM domain in SES.' },
  MessageRejected: {
    code: 'message-rejected',
    advice: 'In the sandbox recipients have to be verified, too.',
  },
  BadRequestException: { code: 'message-rejected' },
  NotFoundException: { code: 'config' },
  TooManyRequestsException: RATE,
  ThrottlingException: RATE,
  LimitExceededException: { code: 'rate-limited', retryAfterMs: LONG_PAUSE },
  RequestEntityTooLargeException: { code: 'message-rejected' },
};

/** A day is over later than a second. */
const DAILY = /daily (?:message )?quota/i;

/**
 * What the SDK's error means. Without a status it is a fault of the way there: only what is known to have come before
 * a connection says that nothing was sent.
 */
export function classifySesError(error: unknown, telling: Telling): MailError {
  // What is no text in an answer's JSON, the SDK takes for one.
  const said = fieldOf(error, 'message');
  const text = shown(typeof said === 'string' ? said : '', telling.conceal);
  const name = isNativeError(error) ? error.name : '';
  const status = statusOf(error);
  if (status !== undefined)
    return answered({ status, headers: headersOf(error), text: '' }, name, text, telling);
  if (name === 'CredentialsProviderError') {
    return new MailError('authentication', `${telling.title}: no credentials were found: ${text}`);
  }
  // The SDK's own errors of sockets have no cause.
  const unreached = unreachedBy({ cause: error }, telling.title, text);
  return (
    unreached ??
    new MailError('ambiguous', `${telling.title} gave no answer, so the mail may have been sent: ${text}`)
  );
}

/** Of the answer, where one came; undefined for a fault of the way there. */
export function statusOf(error: unknown): number | undefined {
  const places = [
    fieldOf(fieldOf(error, '$metadata'), 'httpStatusCode'),
    fieldOf(fieldOf(error, '$response'), 'statusCode'),
  ];
  return places.find((place): place is number => typeof place === 'number');
}

function headersOf(error: unknown): Headers {
  const headers = fieldOf(fieldOf(error, '$response'), 'headers');
  const entries = typeof headers === 'object' && headers !== null ? Object.entries(headers) : [];
  return new Headers(entries.map(([name, value]): [string, string] => [name, String(value)]));
}

function answered(answer: HttpAnswer, name: string, text: string, telling: Telling): MailError {
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  const isDaily = known?.code === 'rate-limited' && DAILY.test(text);
  const fault = isDaily ? { ...known, retryAfterMs: LONG_PAUSE } : known;
  return faultOf({ answer, said: known ? `${text} (${name})` : text, fault }, telling);
}
