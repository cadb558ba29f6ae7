import { handlebarsTags } from './handlebars-tags.js';

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
