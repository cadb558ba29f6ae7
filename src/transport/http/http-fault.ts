import { MailError, type MailErrorCode, type MailErrorOptions } from '../../errors/mail-error.js';
import { shown } from '../remote-text.js';
import { type HttpAnswer, hintIn } from './http-answer.js';

/** The meaning of a refusal, where a provider's table is more specific than the status. */
export interface Fault extends Pick<
  MailErrorOptions,
  'retryable' | 'scope' | 'outcome' | 'retryAfterMs' | 'rejected'
> {
  readonly code: MailErrorCode;
  /** One sentence that says how to fix it. */
  readonly advice?: string;
}

/** Milliseconds until an account that is out of mails or money is tried again. */
export const LONG_PAUSE = 60 * 60_000;

const AS_ACCOUNT: Fault = {
  code: 'authentication',
  advice: 'Give it a key that is in force and may send: in its URL, or as MAIL_API_KEY.',
};
const AS_MAIL: Fault = { code: 'message-rejected' };
const BUSY: Fault = { code: 'transport-unavailable' };
const ELSEWHERE: Fault = { code: 'config', advice: 'Look at the endpoint of its URL.' };
/** Statuses after which mails have been sent nevertheless. */
const UNKNOWN: Fault = { code: 'transport-unavailable', outcome: 'unknown' };

/** The meaning of a status, if the provider's table has no other (RFC 9110 §15). */
const BY_STATUS: Readonly<Record<number, Fault>> = {
  400: AS_MAIL,
  401: AS_ACCOUNT,
  402: {
    code: 'rate-limited',
    retryAfterMs: LONG_PAUSE,
    advice: 'The account has no mails left, or is unpaid.',
  },
  403: AS_ACCOUNT,
  404: { code: 'config', advice: 'Look at region, domain and endpoint of its URL.' },
  405: ELSEWHERE,
  407: { code: 'config', advice: 'A proxy on the way wants a login: give fetch one.' },
  408: BUSY,
  410: ELSEWHERE,
  413: AS_MAIL,
  415: ELSEWHERE,
  421: BUSY,
  422: AS_MAIL,
  425: BUSY,
  429: { code: 'rate-limited' },
  451: { code: 'config', advice: 'Look at the region of its URL.' },
  503: BUSY,
};

function byStatus(status: number): Fault {
  if (status >= 300 && status < 400) {
    return {
      code: 'config',
      advice: 'It redirects, and keys are not sent on: look at the endpoint of its URL.',
    };
  }
  return BY_STATUS[status] ?? (status >= 500 || status < 200 ? UNKNOWN : AS_MAIL);
}

export interface Refused {
  readonly answer: HttpAnswer;
  /** The provider's message and codes, if its body could be read. */
  readonly said?: string | undefined;
  /** The meaning by the provider's own table. */
  readonly fault?: Fault | undefined;
}

/** The names and functions that the text of an error needs. */
export interface Telling {
  readonly title: string;
  readonly now: number;
  readonly conceal: (text: string) => string;
}

/** Makes the error for a refusal. */
export function faultOf({ answer, said, fault }: Refused, { title, now, conceal }: Telling): MailError {
  const { code, advice, ...traits } = { ...meaningOf(byStatus(answer.status), fault), ...midway(answer) };
  const retryAfterMs = longer(traits.retryAfterMs, hintIn(answer, now));
  const text = shown(said ?? plainText(answer), conceal);
  const sentence = `${title} answered with status ${answer.status}${text === '' ? '' : `: ${text}`}`;
  return new MailError(code, advice === undefined ? sentence : `${sentence.replace(/\.?$/, '.')} ${advice}`, {
    ...traits,
    retryAfterMs,
  });
}

/** A server that failed on several mails may have sent some, even one that sends none if it fails on a single mail. */
const midway = ({ status, isShared }: HttpAnswer): Pick<Fault, 'outcome'> =>
  isShared && status >= 500 && status !== 503 ? { outcome: 'unknown' } : {};

/** Advice and pause of a status belong to its own meaning; its outcome holds in any case. */
function meaningOf(usual: Fault, fault: Fault | undefined): Fault {
  if (!fault) return usual;
  return fault.code === usual.code ? { ...usual, ...fault } : { outcome: usual.outcome, ...fault };
}

/** Returns the longer pause: the table's pause for an account is the minimum. */
function longer(ours: number | undefined, theirs: number | undefined): number | undefined {
  return ours === undefined || theirs === undefined ? (ours ?? theirs) : Math.max(ours, theirs);
}

/** Returns nothing for an html page, which is useless in a log. */
function plainText({ text }: HttpAnswer): string {
  return /^\s*</.test(text) ? 'a page of html' : text;
}
