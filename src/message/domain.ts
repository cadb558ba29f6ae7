import { domainToASCII } from 'node:url';

const MAX_DOMAIN = 253;
const MAX_LABEL = 63;
const LABEL = /^(?!-)[\p{L}\p{M}\p{Nd}-]+(?<!-)$/u;
/**
 * Characters of a name by where they stand, as registries allow them (RFC 5892, appendix A): the middle dot
 * of Catalan, the keraia, geresh and gershayim, and joiners that change how the letters around them look.
 */
const IN_CONTEXT = new RegExp(
  [
    '(?<=l)\\u00b7(?=l)',
    '\\u0375(?=\\p{Script=Greek})',
    '(?<=\\p{Script=Hebrew})[\\u05f3\\u05f4]',
    '(?<=[\\u094d\\u09cd\\u0a4d\\u0acd\\u0b4d\\u0bcd\\u0c4d\\u0ccd\\u0d4d\\u0dca])[\\u200c\\u200d]',
    '(?<=[\\u0626\\u0628\\u062a-\\u062e\\u0633-\\u063a\\u0641-\\u0647\\u0649\\u064a\\u067e\\u0686\\u06a9\\u06af\\u06cc])\\u200c(?=\\p{Script=Arabic})',
  ].join('|'),
  'giu',
);
/** Scripts in which a middle dot parts words (RFC 5892, appendix A.7). */
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
const ASCII = /^[\u0000-\u007f]*$/;

/** The form DNS and SMTP use (RFC 5890 A-labels); '' when there is none. */
export function asciiDomain(domain: string): string {
  return ASCII.test(domain) ? domain.toLowerCase() : domainToASCII(domain);
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
  if (!labels.every((label) => LABEL.test(withoutContextual(label)))) {
    return 'whose domain has a character that is no letter, digit or inner hyphen';
  }
  return asciiFault(domain);
}

/** A label without the characters that are right only where they stand. */
function withoutContextual(label: string): string {
  if (ASCII.test(label)) return label;
  const rest = label.replaceAll(IN_CONTEXT, '');
  return JAPANESE.test(rest) ? rest.replaceAll('\u30fb', '') : rest;
}

function asciiFault(domain: string): string | undefined {
  const ascii = asciiDomain(domain);
  const labels = ascii.split('.');
  if (/^\d+$/.test(labels.at(-1) ?? '')) return 'whose domain is a number, not a name';
  if (ascii.length > MAX_DOMAIN || labels.some((label) => label.length > MAX_LABEL)) {
    return `whose domain has a part longer than ${MAX_LABEL} characters`;
  }
  // An "xn--" label must be what its Unicode form encodes to; anything else cannot be resolved.
  if (ascii === '' || (ascii.includes('xn--') && domainToASCII(ascii) !== ascii)) {
    return 'whose domain is no valid internationalised name';
  }
  return undefined;
}
