import { show } from '../../errors/show.js';
import { asciiDomain, domainFault } from './domain.js';
import { controlIn, trimSpaces } from '../values/text.js';
import { invalid } from '../values/refusal.js';

/** Limits of the address in its wire form (RFC 5321 §4.5.3.1, RFC 3696 erratum 1690). */
const MAX_ADDRESS = 254;
const MAX_LOCAL = 64;

/** dot-atom (RFC 5322 §3.2.3). The dot is outside the class: one way to match, linear cost. */
const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;

/**
 * Reads one bare address. Returns its domain in lower case and its local part as it is (RFC 5321 §2.4).
 * @throws {MailError} `message-invalid`
 */
export function parseAddress(value: unknown, field: string): string {
  const expected = 'an address such as ada@example.test';
  if (typeof value !== 'string') throw invalid({ field, expected, found: show(value) });
  const address = trimSpaces(value);
  const fault = addressFault(address);
  if (fault === undefined) return normalAddress(address);
  const recipient = recipientIn(field, address);
  throw invalid({ field, expected, found: `${show(value)}, ${fault}`, recipient });
}

/** Returns a checked address with its domain in ASCII (RFC 5890), as the envelope and the wire need it. */
export function asciiAddress(address: string): string {
  const at = address.lastIndexOf('@') + 1;
  return address.slice(0, at) + asciiDomain(address.slice(at));
}

/** Returns the domain of a checked address, in ASCII. */
export function domainOf(address: string): string {
  return asciiDomain(address.slice(address.lastIndexOf('@') + 1));
}

/** Returns the fault of an address, as the end of a sentence, or undefined. */
export function addressFault(address: string): string | undefined {
  if (address === '') return 'which is empty';
  // Before anything walks over it: a longer text cannot be right.
  if (address.length > MAX_ADDRESS) return `which is longer than ${MAX_ADDRESS} characters`;
  const control = controlIn(address);
  if (control !== undefined) return `with the control character ${control}`;
  if (/[,;]/.test(address)) return 'which is not one address; several are an array';
  const at = address.indexOf('@');
  if (at < 0) return 'which has no "@"';
  return localFault(address.slice(0, at)) ?? restFault(address, address.slice(at + 1));
}

function localFault(local: string): string | undefined {
  if (local === '') return 'which has nothing before the "@"';
  if (local.startsWith('"')) return 'whose local part is quoted';
  // Programs that hand mail to a command line would read it as an option.
  if (local.startsWith('-')) return 'which starts with a hyphen';
  if (local.length > MAX_LOCAL) return `with more than ${MAX_LOCAL} characters before the "@"`;
  if (LOCAL.test(local)) return undefined;
  if (/[^\u0000-\u007f]/.test(local)) {
    return 'which has characters outside ASCII before the "@" (they would need SMTPUTF8, RFC 6531)';
  }
  return 'which has a misplaced dot or a character that is not allowed before the "@"';
}

function restFault(address: string, domain: string): string | undefined {
  if (domain.includes('@')) return 'which has more than one "@"';
  const fault = domainFault(domain);
  if (fault !== undefined) return fault;
  const length = asciiAddress(address).length;
  return length > MAX_ADDRESS ? `which is longer than ${MAX_ADDRESS} characters in ASCII` : undefined;
}

/** Returns a faultless address with its domain in lower case. */
export function normalAddress(address: string): string {
  const at = address.indexOf('@') + 1;
  return address.slice(0, at) + address.slice(at).toLowerCase();
}

/** A recipient that an error may name: one word, and so no forged log line and no URL with a password. */
const RECIPIENT = /^[^\s<>"():;,\\\p{C}]{1,254}$/u;

/** Returns the recipient at fault, if the field holds recipients and the text resembles an address. */
export function recipientIn(field: string, text: string): string | undefined {
  return /^(?:to|cc|bcc|envelope\.to)\b/.test(field) && RECIPIENT.test(text) ? text : undefined;
}
