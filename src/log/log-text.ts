import { isNativeError } from 'node:util/types';
import { MailError, type MailErrorCode, type Rejection, type SmtpReply } from '../errors/mail-error.js';
import type { AttemptRecord } from '../queue/mail-queue.js';
import type { LogFields } from './log-entry.js';

/** Why a mail was not accepted, or not by everybody. */
interface Reason {
  readonly code: MailErrorCode;
  readonly message: string;
  readonly smtp?: SmtpReply | undefined;
}

/** At most so many domains or recipients are named. */
const NAMED = 20;

/** Describes the last attempt; a mail without an attempt was not begun in time. */
export function reasonOf(attempt: AttemptRecord | undefined): Reason {
  if (attempt?.error) return attempt.error;
  const [first] = attempt?.rejected ?? [];
  if (attempt && first) return refusalOf(attempt.rejected, first);
  return { code: 'expired', message: 'It was not sent in its time.' };
}

/** Of an attempt that some recipients have no part in. */
export function refusalOf(rejected: readonly Rejection[], { code, smtp }: Rejection): Reason {
  const who = rejected.length === 1 ? '1 recipient was' : `${rejected.length} recipients were`;
  const why = code === 'suppressed' ? 'taken off by the recipient guard' : 'refused';
  return { code, message: `${who} ${why}${smtp ? `: ${replyText(smtp)}` : ''}.`, smtp };
}

export function reasonFields({ code, smtp }: Reason): Pick<LogFields, 'code' | 'smtp'> {
  return { code, smtp: smtp && withoutPeople(replyText(smtp)) };
}

/**
 * What went wrong as one sentence, and what was behind it. Only for faults of transports: behind others there
 * may be what a store of the application's own said, with an address that opens it.
 */
export function saidOf({ message, cause, scope }: MailError): string {
  const behind = scope === 'transport' && isNativeError(cause) && !message.includes(cause.message);
  return sentence(behind ? `${message.replace(/\.$/, '')} (cause: ${cause.message})` : message);
}

/** One full stop at its end. */
export function sentence(text: string): string {
  return text.replace(/\.?$/, '.');
}

function replyText({ code, enhanced, text }: SmtpReply): string {
  return [code, enhanced, text].filter((part) => part !== undefined && part !== '').join(' ');
}

/** A text with nobody's address in it: of `ada@example.test` the domain stays. */
export function withoutPeople(text: string): string {
  return text.replace(/(?:"[^"\s]*"|(?<![^\s"<>(),:;'@[\]])[^\s"<>(),:;'@[\]]+)(?=@[^\s@])/gu, '***');
}

/** Each domain once. */
export function domainsOf(addresses: readonly string[]): { readonly domains: readonly string[] } {
  const domains = new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1)));
  return { domains: named([...domains]) };
}

export function peopleOf(addresses: readonly string[]): { readonly to: readonly string[] } {
  return { to: named(addresses) };
}

function named(words: readonly string[]): readonly string[] {
  if (words.length <= NAMED) return words;
  return [...words.slice(0, NAMED), `and ${words.length - NAMED} more`];
}
