import { domainToASCII } from 'node:url';
import { areNames, areResolvable } from './domain-label.js';

const MAX_DOMAIN = 253;
const MAX_LABEL = 63;
const ASCII = /^[\u0000-\u007f]*$/;

/** The form DNS and SMTP use (RFC 5890 A-labels); '' when there is none. */
export function asciiDomain(domain: string): string {
  if (ASCII.test(domain)) return domain.toLowerCase();
  // What is longer has no such form, and finding that out would take the square of its length.
  // In small letters: the parsers differ in what a capital sharp s becomes.
  return domain.length > MAX_DOMAIN ? '' : domainToASCII(domain.toLowerCase());
}

/**
 * What is wrong with a domain, or undefined. Internationalised names are allowed when they stand in
 * their normal form, so that no look-alike of a dot or a letter is mapped to another name later.
 */
export function domainFault(domain: string): string | undefined {
  if (domain === '') return 'which has nothing after the "@"';
  if (domain.startsWith('[')) return 'an address literal; only domain names are taken';
  if (domain.endsWith('.')) return 'whose domain ends with a dot';
  if (domain.length > MAX_DOMAIN) return `whose domain is longer than ${MAX_DOMAIN} characters`;
  if (domain.normalize('NFKC') !== domain) return 'whose domain is not in normal form (NFKC)';
  const labels = domain.split('.');
  if (labels.includes('')) return 'whose domain has two dots in a row or starts with one';
  if (!areNames(labels)) {
    return 'whose domain has a character that is no letter, digit or inner hyphen';
  }
  return asciiFault(domain);
}

function asciiFault(domain: string): string | undefined {
  const ascii = asciiDomain(domain);
  const labels = ascii.split('.');
  if (/^\d+$/.test(labels.at(-1) ?? '')) return 'whose domain is a number, not a name';
  if (ascii.length > MAX_DOMAIN || labels.some((label) => label.length > MAX_LABEL)) {
    return `whose domain has a part longer than ${MAX_LABEL} characters`;
  }
  return ascii === '' || !areResolvable(labels)
    ? 'whose domain is no valid internationalised name'
    : undefined;
}

/** Whether a host in ASCII has no label that is encoded, and stands for nothing. */
export function isResolvable(host: string): boolean {
  return !host.includes('xn--') || areResolvable(host.split('.'));
}
