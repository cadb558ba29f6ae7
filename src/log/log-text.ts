import { isNativeError } from 'node:util/types';
import { MailError, type MailErrorCode, type Rejection, type SmtpReply } from '../errors/mail-error.js';
import { withoutPeople } from '../errors/show.js';
import type { AttemptRecord } from '../queue/mail-queue.js';
import type { LogFields } from './log-entry.js';

/** Why some or all recipients did not get a mail. */
interface Reason {
  readonly code: MailErrorCode;
  readonly message: string;
  readonly smtp?: SmtpReply | undefined;
}

/** Domains or recipients that a line names at most. */
const NAMED = 20;

/** Describes the last attempt; a mail without an attempt expired before its first one. */
export function reasonOf(attempt: AttemptRecord | undefined): Reason {
  if (attempt?.error) return attempt.error;
  const [first] = attempt?.rejected ?? [];
  if (attempt && first) return refusalOf(attempt.rejected, first);
  return { code: 'expired', message: 'It was not sent in its time.' };
}

/** Describes an attempt that some recipients have no part in. */
export function refusalOf(rejected: readonly Rejection[], { code, smtp }: Rejection): Reason {
  const who = rejected.length === 1 ? '1 recipient was' : `${rejected.length} recipients were`;
  const why = code === 'suppressed' ? 'taken off by the recipient guard' : 'refused';
  return { code, message: `${who} ${why}${smtp ? `: ${replyText(smtp)}` : ''}.`, smtp };
}

export function reasonFields({ code, smtp }: Reason): Pick<LogFields, 'code' | 'smtp'> {
  return { code, smtp: smtp && withoutPeople(replyText(smtp)) };
}

/**
 * An error and its cause as one sentence. The cause is shown for faults of transports alone: that of another fault
 * may be a message of the application's own store, with a URL that holds a password.
 */
export function saidOf({ message, cause, scope }: MailError): string {
  const behind = scope === 'transport' && isNativeError(cause) && !message.includes(cause.message);
  return sentence(behind ? `${message.replace(/\.$/, '')} (cause: ${cause.message})` : message);
}

export function sentence(text: string): string {
  return text.replace(/\.?$/, '.');
}

function replyText({ code, enhanced, text }: SmtpReply): string {
  return [code, enhanced, text].filter((part) => part !== undefined && part !== '').join(' ');
}

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
