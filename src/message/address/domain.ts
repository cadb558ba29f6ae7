import { domainToASCII, domainToUnicode } from 'node:url';

const MAX_DOMAIN = 253;
const MAX_LABEL = 63;
const ASCII = /^[\u0000-\u007f]*$/;

/** Returns the form that DNS and SMTP use (RFC 5890 A-labels), or '' if the domain has none. */
export function asciiDomain(domain: string): string {
  if (ASCII.test(domain)) return domain.toLowerCase();
  // A longer name has no such form, and finding that out would take the square of its length.
  // In lower case: parsers treat a capital sharp s differently.
  return domain.length > MAX_DOMAIN ? '' : domainToASCII(domain.toLowerCase());
}

/**
 * Returns the fault of a domain, or undefined. Internationalised names must be in their normal form, so that no look-alike of
 * a dot or a letter is mapped to another name later.
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

/** Returns whether every encoded label of a host in ASCII stands for a name. */
export function isResolvable(host: string): boolean {
  return !host.includes('xn--') || areResolvable(host.split('.'));
}

const LABEL = /^(?!-)[\p{L}\p{M}\p{Nd}-]+(?<!-)$/u;
/** The prefix of an encoded label (RFC 5890). */
const ACE = 'xn--';

/**
 * Characters that registries allow only in some positions (RFC 5892, appendix A): the middle dot of Catalan, the keraia,
 * geresh and gershayim, and joiners that change the look of the letters around them.
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
/** Scripts in which a middle dot separates words (RFC 5892, appendix A.7). */
const JAPANESE = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;

/**
 * Letters of Unicode 15.1 and later, and fillers that show nothing. Node 20 and 22 cannot encode them, later versions can. No
 * registry accepts them yet.
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

/** Returns whether the labels of a domain, some of them encoded, are names: letters, digits and inner hyphens. */
function areNames(labels: readonly string[]): boolean {
  return labels.every((label) => LABEL.test(withoutContextual(label)));
}

/**
 * Returns whether all labels are valid, encoded or not. Checked here, because the parsers of Node 20 and 24 differ about
 * encoded labels, about letters, and about names from right to left.
 */
function areResolvable(labels: readonly string[]): boolean {
  const shown = labels.map((label) => (label.startsWith(ACE) ? decoded(label) : label));
  if (shown.includes('')) return false;
  return !shown.some((label) => YOUNG.test(label)) && isBidiRight(shown);
}

/** Decodes a label; returns nothing if the decoded text is not encoded that way. */
function decoded(label: string): string {
  const text = domainToUnicode(label);
  const isWhole = !ASCII.test(text) && text.normalize('NFKC') === text && domainToASCII(text) === label;
  return isWhole ? text : '';
}

/** Removes the characters of a label that are allowed only in their position. */
function withoutContextual(label: string): string {
  if (ASCII.test(label)) return label;
  const rest = label.replaceAll(IN_CONTEXT, '');
  return JAPANESE.test(rest) ? rest.replaceAll('\u30fb', '') : rest;
}

/** Blocks of Unicode with scripts that run from right to left. */
const RIGHT_BLOCKS = String.raw`\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}`;
const RIGHT = new RegExp(String.raw`^[${RIGHT_BLOCKS}]$`, 'u');
const ARABIC_DIGIT = /^[\u0660-\u0669\u{10d30}-\u{10d39}]$/u;
/** Digits of ASCII, and of Persian and Urdu. */
const DIGIT = /^[0-9\u06f0-\u06f9]$/;
/** Marks, and joiners, which stand for nothing by themselves either. */
const MARK = /^[\p{Mn}\u200c\u200d]$/u;

type CharacterClass = 'right' | 'left' | 'digit' | 'arabic digit' | 'mark' | 'hyphen';

/** Returns whether labels are unambiguous when some of them run from right to left (RFC 5893 §2). */
function isBidiRight(labels: readonly string[]): boolean {
  const kinds = labels.map((label) => Array.from(label, kindOf));
  const isBidi = kinds.some((label) => label.includes('right') || label.includes('arabic digit'));
  return !isBidi || kinds.every(isLabelRight);
}

function kindOf(character: string): CharacterClass {
  if (character === '-') return 'hyphen';
  if (DIGIT.test(character)) return 'digit';
  if (ARABIC_DIGIT.test(character)) return 'arabic digit';
  if (MARK.test(character)) return 'mark';
  return RIGHT.test(character) ? 'right' : 'left';
}

/**
 * True if the label begins with a letter, which sets its direction, ends in a letter or digit, and has no letter of the
 * other direction.
 */
function isLabelRight(label: readonly CharacterClass[]): boolean {
  const [first] = label;
  const last = label.findLast((kind) => kind !== 'mark');
  if (first === 'left')
    return !label.includes('right') && !label.includes('arabic digit') && last !== 'hyphen';
  if (first !== 'right' || label.includes('left') || last === 'hyphen') return false;
  return !(label.includes('digit') && label.includes('arabic digit'));
}
