import { isNativeError } from 'node:util/types';
import { MailError, fieldOf } from '../errors/mail-error.js';
import type { HttpAnswer } from '../transport/http/http-answer.js';
import { type Fault, faultOf, LONG_PAUSE, type Telling } from '../transport/http/http-fault.js';
import { unreachedBy } from '../transport/http/http-client.js';
import { shown } from '../transport/remote-text.js';

const PAUSED: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'The account is paused: look at its reputation at Amazon.',
};
const QUOTA: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'The account has sent as many mails as it may: look at its quotas at Amazon.',
};
const RATE: Fault = { code: 'rate-limited', retryAfterMs: 1_000 };
const LOGIN: Fault = {
  code: 'authentication',
  advice: 'Look at its credentials, the clock of this machine, and what they may do: ses:SendRawEmail.',
};
const NOWHERE: Fault = {
  code: 'config',
  advice: 'Look at region, endpoint and configurationSet of its URL.',
};
const OWN_NAMES: Fault = { code: 'message-rejected', advice: 'Look at provider.ses of the mail.' };

/**
 * Name of an exception without its last word → meaning, where the status says too little or is misleading.
 * Includes the exceptions of all Amazon services: some faults of a login have status 400.
 */
const BY_NAME: Readonly<Record<string, Fault>> = {
  UnrecognizedClient: LOGIN,
  InvalidClientTokenId: LOGIN,
  InvalidSignature: LOGIN,
  SignatureDoesNotMatch: LOGIN,
  IncompleteSignature: LOGIN,
  MissingAuthenticationToken: LOGIN,
  ExpiredToken: LOGIN,
  RequestExpired: LOGIN,
  AccessDenied: LOGIN,
  NotAuthorized: LOGIN,
  OptInRequired: LOGIN,
  InvalidAction: NOWHERE,
  UnknownOperation: NOWHERE,
  SendingPaused: PAUSED,
  AccountSuspended: PAUSED,
  MailFromDomainNotVerified: { code: 'config', advice: 'Verify the MAIL FROM domain in SES.' },
  MessageRejected: {
    code: 'message-rejected',
    advice: 'In the sandbox recipients have to be verified, too.',
  },
  BadRequest: { code: 'message-rejected' },
  NotFound: NOWHERE,
  TooManyRequests: RATE,
  Throttling: RATE,
  LimitExceeded: QUOTA,
  RequestEntityTooLarge: { code: 'message-rejected' },
};

/** A daily limit lasts longer than a second. */
const DAILY = /daily (?:message )?quota/i;

export interface SesTelling extends Telling {
  /** The mail names resources of the account: an unknown name is the mail's fault. */
  readonly isNaming: boolean;
}

/**
 * The meaning of an SDK error. Without a status it is a fault of the connection: only a fault known to come before
 * the request proves that nothing was sent.
 */
export function classifySesError(error: unknown, telling: SesTelling): MailError {
  // The SDK takes other JSON values for a text.
  const said = fieldOf(error, 'message');
  const text = shown(typeof said === 'string' ? said : '', telling.conceal);
  const name = isNativeError(error) ? error.name : '';
  const status = statusOf(error);
  if (status !== undefined)
    return answered({ status, headers: headersOf(error), text: '' }, name, text, telling);
  // The SDK's own socket errors have no cause.
  const unreached = unreachedBy({ cause: error }, telling.title, text);
  return (
    unreached ??
    new MailError('ambiguous', `${telling.title} gave no answer, so the mail may have been sent: ${text}`)
  );
}

/** Status of the answer; undefined if none came. */
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

function answered(answer: HttpAnswer, name: string, text: string, telling: SesTelling): MailError {
  const fault = meaningOf(answer.status, name.replace(/Exception$/, ''), text, telling);
  // The SDK reports a body that is no JSON as a syntax error.
  const said = name === 'SyntaxError' ? 'no JSON' : text;
  return faultOf({ answer, said: fault ? `${said} (${name})` : said, fault }, telling);
}

function meaningOf(status: number, name: string, text: string, { isNaming }: SesTelling): Fault | undefined {
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (name === 'NotFound' && isNaming) return OWN_NAMES;
  if (known === RATE && DAILY.test(text)) return QUOTA;
  return known ?? (status === 401 || status === 403 ? LOGIN : undefined);
}
