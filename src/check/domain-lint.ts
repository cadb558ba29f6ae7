import { domainToUnicode } from 'node:url';
import { asciiDomain } from '../message/address/domain.js';
import { urlOf } from '../message/values/url.js';
import type { Remark } from './rules.js';

/** Scripts with letters that look like letters of another script: Cyrillic `а`, Greek `ο`. */
const LOOK_ALIKES: ReadonlyArray<readonly [string, RegExp]> = [
  ['Latin', /\p{Script=Latin}/u],
  ['Cyrillic', /\p{Script=Cyrillic}/u],
  ['Greek', /\p{Script=Greek}/u],
  ['Armenian', /\p{Script=Armenian}/u],
  ['Cherokee', /\p{Script=Cherokee}/u],
  ['Coptic', /\p{Script=Coptic}/u],
];

/**
 * Finds a label that mixes several of these scripts, written out or in punycode (UTS 39 §5.1). A label in one
 * script is a language; two labels may use two scripts.
 * @param where the place of the domain, to begin a sentence with
 */
export function lintDomain(where: string, domain: string): readonly Remark[] {
  const mixed = domainToUnicode(domain)
    .split('.')
    .map((label) => LOOK_ALIKES.filter(([, letters]) => letters.test(label)).map(([name]) => name))
    .find((scripts) => scripts.length > 1);
  if (!mixed) return [];
  const message = `${where} ${asciiDomain(domain)} mixes ${mixed.join(' and ')} letters`;
  return [{ rule: 'mixed-script', message }];
}

/** The same for addresses; each domain is reported once. */
export function lintAddresses(addresses: readonly string[]): readonly Remark[] {
  const domains = new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1)));
  return [...domains].flatMap((domain) => lintDomain('the domain of the address', domain));
}

/** The same for a link to a page or to an address. */
export function lintLinkDomain(key: string, url: string): readonly Remark[] {
  const parsed = urlOf(url);
  if (!parsed) return [];
  const { protocol, hostname, pathname } = parsed;
  if (protocol !== 'mailto:') return lintDomain(`the domain in ${key}`, hostname);
  const addresses = pathname.split(',').filter((address) => address.includes('@'));
  return lintAddresses(addresses.map(decoded));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
