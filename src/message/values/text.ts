/** Characters that could start a new line: C0 and C1 controls, DEL, and the Unicode line and paragraph separators. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Embeddings, overrides and isolates: they make `cod[U+202E]fdp.exe` read as a document. */
const BIDI_CONTROL = /[\u202a-\u202e\u2066-\u2069]/;

/** Half of a surrogate pair: it stands for no character, and no encoding can carry it. */
const LONE_SURROGATE = /\p{Cs}/u;

/** Finds the first control character, e.g. `U+000D at position 9`, or undefined. */
export function controlIn(text: string): string | undefined {
  return describe(text, CONTROL);
}

/** Finds the first control that reorders text, e.g. `U+202E at position 4`, or undefined. */
export function bidiControlIn(text: string): string | undefined {
  return describe(text, BIDI_CONTROL);
}

/** Finds the first lone half of a surrogate pair, e.g. `U+D800 at position 6`, or undefined. */
export function halfCharacterIn(text: string): string | undefined {
  return describe(text, LONE_SURROGATE);
}

function describe(text: string, pattern: RegExp): string | undefined {
  const index = text.search(pattern);
  if (index < 0) return undefined;
  const code = text.charCodeAt(index).toString(16).toUpperCase().padStart(4, '0');
  return `U+${code} at position ${index + 1}`;
}

/** Strips spaces only: any other white space is a fault to report. */
export function trimSpaces(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === ' ') start += 1;
  while (end > start && text[end - 1] === ' ') end -= 1;
  return text.slice(start, end);
}
