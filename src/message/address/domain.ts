import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_DOMAIN = 253;
const MAX_LABEL = 63;
const ASCII = /^[\u0000-\u007f]*$/;

/** Returns the form that DNS and SMTP use (RFC 5890 A-labels), or '' if the domain has none. */
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

const LABEL = /^(?!-)[\p{L}\p{M}\p{Nd}-]+(?<!-)$/u;
/** What an encoded label begins with (RFC 5890). */
const ACE = 'xn--';

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

/**
 * Letters that came into Unicode with 15.1 and later, and fillers that show nothing: Node 20 and 22 know no
 * encoding of them, later ones do. No registry takes them yet.
 */
const YOUNG = new RegExp(
  [
    '[',
    String.raw`\u088f-\u0897\u0c5c\u0cdc\u115f-\u1160\u17b4-\u17b5\u1acf-\u1aeb\u1c89-\u1c8a\ua7cc-\ua7cf`,
    String.raw`\ua7da-\ua7db\u{105c0}-\u{105f3}\u{10940}-\u{10959}\u{10d40}-\u{10d85}\u{10ec2}-\u{10ec7}`,
    String.raw`\u{10efa}-\u{10efc}\u{11380}-\u{113e2}\u{116d0}-\u{116e3}\u{11b60}-\u{11b67}\u{11bc0}-\u{11bf9}`,
    String.raw`\u{11db0}-\u{11de9}\u{11f5a}\u{13460}-\u{143fa}\u{16100}-\u{16139}\u{16d40}-\u{16d79}`,
    String.raw`\u{16ea0}-\u{16ed3}\u{16ff2}-\u{16ff3}\u{187f8}-\u{187ff}\u{18cff}\u{18d09}-\u{18d1e}`,
    String.raw`\u{18d80}-\u{18df2}\u{1e5d0}-\u{1e5fa}\u{1e6c0}-\u{1e6ff}\u{2b73a}-\u{2b73f}\u{2cea2}-\u{2cead}`,
    String.raw`\u{2ebf0}-\u{2ee5d}\u{323b0}-\u{33479}`,
    ']',
  ].join(''),
  'u',
);

/** Whether the labels of a domain, some of them encoded, are names: letters, digits and inner hyphens. */
function areNames(labels: readonly string[]): boolean {
  return labels.every((label) => LABEL.test(withoutContextual(label)));
}

/**
 * Whether labels, of which those beyond ASCII may be encoded or not, stand for what they say. Judged here, since
 * the parsers of Node 20 and 24 differ: in what an encoded label must be, in which letters there are, in names from right to left.
 */
function areResolvable(labels: readonly string[]): boolean {
  const shown = labels.map((label) => (label.startsWith(ACE) ? decoded(label) : label));
  if (shown.includes('')) return false;
  return !shown.some((label) => YOUNG.test(label)) && isBidiRight(shown);
}

/** What an encoded label stands for; nothing when it is not how that is encoded. */
function decoded(label: string): string {
  const text = domainToUnicode(label);
  const isWhole = !ASCII.test(text) && text.normalize('NFKC') === text && domainToASCII(text) === label;
  return isWhole ? text : '';
}

/** A label without the characters that are right only where they stand. */
function withoutContextual(label: string): string {
  if (ASCII.test(label)) return label;
  const rest = label.replaceAll(IN_CONTEXT, '');
  return JAPANESE.test(rest) ? rest.replaceAll('\u30fb', '') : rest;
}

/** Where Unicode has the scripts that run from right to left. */
const RIGHT_BLOCKS = String.raw`\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}`;
const RIGHT = new RegExp(String.raw`^[${RIGHT_BLOCKS}]$`, 'u');
const ARABIC_DIGIT = /^[\u0660-\u0669\u{10d30}-\u{10d39}]$/u;
/** Those of ASCII, and of Persian and Urdu. */
const DIGIT = /^[0-9\u06f0-\u06f9]$/;
/** Joiners stand for nothing by themselves either. */
const MARK = /^[\p{Mn}\u200c\u200d]$/u;

type Kind = 'right' | 'left' | 'digit' | 'arabic digit' | 'mark' | 'hyphen';

/** Whether labels read the same to everybody where some of them run from right to left (RFC 5893 §2). */
function isBidiRight(labels: readonly string[]): boolean {
  const kinds = labels.map((label) => Array.from(label, kindOf));
  const isBidi = kinds.some((label) => label.includes('right') || label.includes('arabic digit'));
  return !isBidi || kinds.every(isLabelRight);
}

function kindOf(character: string): Kind {
  if (character === '-') return 'hyphen';
  if (DIGIT.test(character)) return 'digit';
  if (ARABIC_DIGIT.test(character)) return 'arabic digit';
  if (MARK.test(character)) return 'mark';
  return RIGHT.test(character) ? 'right' : 'left';
}

/** It begins with a letter, which says which way it runs; ends in a letter or digit; and has no letter of the other way. */
function isLabelRight(label: readonly Kind[]): boolean {
  const [first] = label;
  const last = label.findLast((kind) => kind !== 'mark');
  if (first === 'left')
    return !label.includes('right') && !label.includes('arabic digit') && last !== 'hyphen';
  if (first !== 'right' || label.includes('left') || last === 'hyphen') return false;
  return !(label.includes('digit') && label.includes('arabic digit'));
}
