/** A Handlebars tag, and the word that stands for it. */
export interface HiddenTag {
  readonly word: string;
  /** As written, e.g. `{{#if paid}}`. */
  readonly source: string;
  /** Where it stands in the source. */
  readonly offset: number;
  /** Prints nothing, wherever it stands. */
  readonly comment: boolean;
}

/** A source in which every Handlebars tag is a word of letters, which other languages leave alone. */
export interface HiddenTags {
  readonly text: string;
  /** By their words, in the order of the source. */
  readonly tags: ReadonlyMap<string, HiddenTag>;
  /** Finds the words. */
  readonly pattern: RegExp;
}

/** The tags of a source that Handlebars has parsed. */
export function hideTags(source: string): HiddenTags {
  const prefix = unusedWord(source);
  const tags = new Map<string, HiddenTag>();
  let text = '';
  let end = 0;
  for (const { offset, tag, comment } of handlebarsTags(source)) {
    const word = `${prefix}${letters(tags.size)}z`;
    tags.set(word, { word, source: tag, offset, comment });
    text += source.slice(end, offset) + word;
    end = offset + tag.length;
  }
  return { text: text + source.slice(end), tags, pattern: new RegExp(`${prefix}[a-y]+z`, 'g') };
}

/** The tag a word stands for that `pattern` has found. */
export function tagOf({ tags }: HiddenTags, word: string): HiddenTag {
  const tag = tags.get(word);
  if (!tag) throw new RangeError(`no tag ${word}`);
  return tag;
}

/** A text with the tags back in it. */
export function shownTags(text: string, hidden: HiddenTags): string {
  return text.replace(hidden.pattern, (word) => tagOf(hidden, word).source);
}

function unusedWord(source: string): string {
  let word = 'mailtag';
  while (source.toLowerCase().includes(word)) word += 'q';
  return word;
}

/** No digits: MJML would compute with them. */
function letters(number: number): string {
  const last = String.fromCharCode(97 + (number % 25));
  return number < 25 ? last : letters(Math.floor(number / 25)) + last;
}

/** A tag as it stands in a source. */
interface WrittenTag {
  readonly offset: number;
  readonly tag: string;
  readonly comment: boolean;
}

/** In strings and `[segments]`, braces mean nothing. */
const QUOTED = /"(?:\\"|[^"])*"|'(?:\\'|[^'])*'|\[(?:\\\]|[^\]])*\]/y;
const PLAIN = /[^"'[}]+/y;
const COMMENT = /\{\{~?!(--)?/y;
const TRIPLE = /\{\{~?\{/y;

/** The tags of a source that Handlebars has parsed, in their order. */
function* handlebarsTags(source: string): Iterable<WrittenTag> {
  let areEscapedEnded = true;
  let at = source.indexOf('{{');
  while (at >= 0) {
    const isEscaped = /(?<!\\)\\$/.test(source.slice(Math.max(at - 2, 0), at));
    const end = !isEscaped || areEscapedEnded ? endOfTag(source, at) : undefined;
    // Of those that Handlebars reads each has its end; the text behind an escaped one may have none.
    if (end === undefined && !isEscaped) return;
    if (end === undefined) areEscapedEnded = false;
    else {
      yield { offset: at, tag: source.slice(at, end), comment: lengthOf(COMMENT, source, at) > 0 };
    }
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

/** From `{{{{name}}}}` to the end of `{{{{/name}}}}`. */
function endOfRawBlock(source: string, start: number): number | undefined {
  const closing = source.indexOf('{{{{/', start + 4);
  const end = closing < 0 ? -1 : source.indexOf('}}}}', closing + 5);
  return end < 0 ? undefined : end + 4;
}

/** One that begins with `--` may hold braces, if `--` ends it as well. */
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
    // A quote or bracket that nothing ends.
    if (length === 0 && source[at] !== '}') return undefined;
    at += length || 1;
  }
  return undefined;
}

/** How many characters a sticky pattern takes at a place. */
function lengthOf(pattern: RegExp, source: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0].length ?? 0;
}
