import { countUpTo, LineStarts, type Origins, type Position } from '../faults/source-location.js';
import { unusedWord } from '../format/unused-word.js';

/** A Handlebars tag, and the placeholder that stands for it. */
export interface HiddenTag {
  readonly placeholder: string;
  /** The tag as written, e.g. `{{#if paid}}`. */
  readonly source: string;
  /** Index of the tag in the source. */
  readonly offset: number;
  readonly comment: boolean;
}

/** A source with a word of letters, which other languages leave alone, for every Handlebars tag. */
export interface HiddenTags {
  readonly text: string;
  /** By their placeholders, in the order of the source. */
  readonly tags: ReadonlyMap<string, HiddenTag>;
  /** Finds the placeholders. */
  readonly pattern: RegExp;
}

/** Replaces the tags of a source, which Handlebars must have parsed before, by placeholders. */
export function hideTags(source: string): HiddenTags {
  const prefix = unusedWord('mailtag', source.toLowerCase());
  const tags = new Map<string, HiddenTag>();
  let text = '';
  let end = 0;
  for (const { offset, tag, comment } of handlebarsTags(source)) {
    const placeholder = `${prefix}${letters(tags.size)}z`;
    tags.set(placeholder, { placeholder, source: tag, offset, comment });
    text += source.slice(end, offset) + placeholder;
    end = offset + tag.length;
  }
  return { text: text + source.slice(end), tags, pattern: new RegExp(`${prefix}[a-y]+z`, 'g') };
}

/** @param placeholder one that `pattern` has found */
export function tagOf({ tags }: HiddenTags, placeholder: string): HiddenTag {
  const tag = tags.get(placeholder);
  if (!tag) throw new RangeError(`no tag ${placeholder}`);
  return tag;
}

/** Puts the tags back into a text, for an error message. */
export function shownTags(text: string, hidden: HiddenTags): string {
  return text.replace(hidden.pattern, (placeholder) => tagOf(hidden, placeholder).source);
}

interface Occurrence {
  readonly offset: number;
  readonly length: number;
  /** Index of the same tag in the source. */
  readonly origin: number;
}

/** Maps positions of tags in a text to those in the source that the text was made from. */
class TagOrigins implements Origins {
  readonly #text: LineStarts;
  readonly #source: LineStarts;
  /** In the order of the text. */
  readonly #occurrences: readonly Occurrence[];
  readonly #offsets: readonly number[];

  constructor(text: string, source: string, occurrences: readonly Occurrence[]) {
    this.#text = new LineStarts(text);
    this.#source = new LineStarts(source);
    this.#occurrences = occurrences;
    this.#offsets = occurrences.map(({ offset }) => offset);
  }

  /** Maps a position inside a tag exactly, and any other to the tag before it or else to the beginning. */
  of({ line, column }: Position): Position {
    const offset = this.#text.startOf(line - 1) + column;
    const last = this.#occurrences[countUpTo(this.#offsets, offset) - 1];
    if (!last) return { line: 1, column: 0 };
    const inside = offset - last.offset;
    const origin = this.#source.at(last.origin + (inside < last.length ? inside : 0));
    return { line: origin.line + 1, column: origin.column };
  }
}

/**
 * Puts the tags back into a text.
 * @returns the text, the origins of its tags, and the placeholders that were found
 */
export function restoredTags(
  text: string,
  source: string,
  hidden: HiddenTags,
): { readonly text: string; readonly origins: Origins; readonly found: ReadonlySet<string> } {
  const occurrences: Occurrence[] = [];
  const found = new Set<string>();
  let restored = '';
  let end = 0;
  for (const match of text.matchAll(hidden.pattern)) {
    const tag = tagOf(hidden, match[0]);
    restored += text.slice(end, match.index);
    occurrences.push({ offset: restored.length, length: tag.source.length, origin: tag.offset });
    found.add(tag.placeholder);
    restored += tag.source;
    end = match.index + match[0].length;
  }
  restored += text.slice(end);
  return { text: restored, origins: new TagOrigins(restored, source, occurrences), found };
}

/** Numbers a placeholder without digits, because MJML would compute with those. */
function letters(number: number): string {
  const last = String.fromCharCode(97 + (number % 25));
  return number < 25 ? last : letters(Math.floor(number / 25)) + last;
}

interface WrittenTag {
  readonly offset: number;
  readonly tag: string;
  readonly comment: boolean;
}

/** Matches strings and `[segments]`, in which braces have no meaning. */
const QUOTED = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|\[(?:\\\]|[^\]])*\]/y;
const PLAIN = /[^"'[}]+/y;
const COMMENT = /\{\{~?!(--)?/y;
const TRIPLE = /\{\{~?\{/y;

function* handlebarsTags(source: string): Iterable<WrittenTag> {
  let areEscapedEnded = true;
  let at = source.indexOf('{{');
  while (at >= 0) {
    const isEscaped = /(?<!\\)\\$/.test(source.slice(Math.max(at - 2, 0), at));
    const end = !isEscaped || areEscapedEnded ? endOfTag(source, at) : undefined;
    // Every tag that Handlebars reads has an end, but the text behind an escaped one may have none.
    if (end === undefined && !isEscaped) return;
    if (end === undefined) areEscapedEnded = false;
    else yield { offset: at, tag: source.slice(at, end), comment: lengthOf(COMMENT, source, at) > 0 };
    at = source.indexOf('{{', end ?? at + 2);
  }
}

function endOfTag(source: string, start: number): number | undefined {
  if (source.startsWith('{{{{', start)) return endOfRawBlock(source, start);
  const comment = lengthOf(COMMENT, source, start);
  if (comment > 0) return endOfComment(source, start + comment);
  const triple = lengthOf(TRIPLE, source, start);
  const end = endOfInside(source, start + (triple || 2));
  return end !== undefined && triple > 0 && source[end] === '}' ? end + 1 : end;
}

/** Finds the end of the `{{{{/name}}}}` that ends a raw block. */
function endOfRawBlock(source: string, start: number): number | undefined {
  const closing = source.indexOf('{{{{/', start + 4);
  const end = closing < 0 ? -1 : source.indexOf('}}}}', closing + 5);
  return end < 0 ? undefined : end + 4;
}

/** A comment that begins with `--` may contain braces, if `--` also ends it. */
function endOfComment(source: string, inside: number): number | undefined {
  const long = source.startsWith('--', inside - 2) ? /--~?\}\}/g : undefined;
  if (long) long.lastIndex = inside;
  if (long?.test(source)) return long.lastIndex;
  const end = source.indexOf('}}', inside);
  return end < 0 ? undefined : end + 2;
}

function endOfInside(source: string, start: number): number | undefined {
  let at = start;
  while (at < source.length) {
    if (source.startsWith('}}', at)) return at + 2;
    const length = lengthOf(PLAIN, source, at) || lengthOf(QUOTED, source, at);
    // A quote or bracket without an end.
    if (length === 0 && source[at] !== '}') return undefined;
    at += length || 1;
  }
  return undefined;
}

/** The length of a sticky pattern's match at an index. */
function lengthOf(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0].length ?? 0;
}
