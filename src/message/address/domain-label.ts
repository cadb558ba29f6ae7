import { domainToASCII, domainToUnicode } from 'node:url';
import { isBidiRight } from './bidi-labels.js';

const LABEL = /^(?!-)[\p{L}\p{M}\p{Nd}-]+(?<!-)$/u;
const ASCII = /^[\u0000-\u007f]*$/;
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
export function areNames(labels: readonly string[]): boolean {
  return labels.every((label) => LABEL.test(withoutContextual(label)));
}

/**
 * Whether labels, of which those beyond ASCII may be encoded or not, stand for what they say. Judged here, since
 * the parsers of Node 20 and 24 differ: in what an encoded label must be, in which letters there are, in names from right to left.
 */
export function areResolvable(labels: readonly string[]): boolean {
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
