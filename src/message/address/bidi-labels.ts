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
export function isBidiRight(labels: readonly string[]): boolean {
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
