import type { MessageFile } from '../files/template-file.js';
import { MAX_NESTING } from '../faults/nesting.js';
import { LocationIndex, type SourceLocation } from '../faults/source-location.js';
import type { TemplateFaults } from '../faults/template-fault.js';

/** A message as its file has it. */
export interface MessageEntry {
  /** The nested names, joined by dots. */
  readonly key: string;
  /** Empty if it is not translated; translators' tools write `""` or `null` then. */
  readonly text: string;
  /** The place of a character of `text`. @param offset index of the character. @default 0 */
  placeAt(offset?: number): SourceLocation;
}

/**
 * Reads the messages of a catalog: JSON (RFC 8259) whose values are texts or objects of them. Does not use
 * `JSON.parse`, which knows no places and keeps only one of two equal keys.
 * @returns undefined if the file cannot be read
 */
export function readMessageFile(
  { path, content }: MessageFile,
  faults: TemplateFaults,
): readonly MessageEntry[] | undefined {
  const places = new LocationIndex(path, content);
  const parser = new CatalogParser(places, content);
  try {
    parser.file();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const what = `the catalog is not readable: ${error.message}`;
    faults.add({ place: places.at(error.offset), what });
    return undefined;
  }
  for (const { offset, what } of parser.wrong) faults.add({ place: places.at(offset), what });
  return parser.entries;
}

class Unreadable extends Error {
  override readonly name = 'Unreadable';
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const SPACE = /[ \t\r\n]*/y;
/** Has an unrolled loop, because an alternative for each character would overflow the stack on a long text. */
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
/** Matches one character of a string as written. */
const CHARACTER = /\\u[\da-fA-F]{4}|\\.|[^\\]/gs;

interface WrittenText {
  readonly value: string;
  /** Index of the opening quote. */
  readonly offset: number;
  readonly raw: string;
}

/** Parses a catalog. Throws `Unreadable` for invalid JSON, and notes JSON that is wrong in a catalog. */
class CatalogParser {
  readonly wrong: Array<{ readonly offset: number; readonly what: string }> = [];
  readonly #entries = new Map<string, MessageEntry>();
  readonly #places: LocationIndex;
  readonly #content: string;
  #at = 0;

  constructor(places: LocationIndex, content: string) {
    this.#places = places;
    this.#content = content;
  }

  get entries(): readonly MessageEntry[] {
    return [...this.#entries.values()];
  }

  file(): void {
    if (!this.#takes('{')) this.#fail('an object of messages, { "key": "text" }');
    this.#object([]);
    this.#match(SPACE);
    if (this.#at < this.#content.length) this.#fail('the end of the file');
  }

  #object(names: readonly string[]): void {
    if (names.length > MAX_NESTING) throw new Unreadable(this.#at, `nested more than ${MAX_NESTING} levels`);
    if (this.#takes('}')) return;
    const own = new Set<string>();
    do {
      const name = this.#string() ?? this.#fail('a key in double quotes');
      if (own.has(name.value))
        this.wrong.push({ offset: name.offset, what: `"${name.value}" is given twice` });
      own.add(name.value);
      if (!this.#takes(':')) this.#fail('":"');
      this.#value([...names, name.value]);
    } while (this.#takes(','));
    if (!this.#takes('}')) this.#fail('"," or "}"');
  }

  #value(names: readonly string[]): void {
    const text = this.#string();
    if (text) return this.#message(names.join('.'), text);
    if (this.#takes('{')) return this.#object(names);
    const offset = this.#at;
    const found = this.#match(LITERAL) ?? this.#fail('a text in double quotes, or an object of them');
    if (found === 'null') return this.#message(names.join('.'), { value: '', offset: offset - 1, raw: '' });
    this.wrong.push({
      offset,
      what: `"${names.join('.')}" is ${found}; messages are texts in double quotes`,
    });
    return undefined;
  }

  #message(key: string, text: WrittenText): void {
    const { offset } = text;
    if (this.#entries.has(key)) this.wrong.push({ offset, what: `the message "${key}" is given twice` });
    const place = (at = 0): SourceLocation => this.#places.at(offset + 1 + rawLength(text.raw, at));
    this.#entries.set(key, { key, text: text.value, placeAt: place });
  }

  #string(): WrittenText | undefined {
    this.#match(SPACE);
    const offset = this.#at;
    const raw = this.#match(STRING);
    if (raw !== undefined) return { value: String(JSON.parse(raw)), offset, raw: raw.slice(1, -1) };
    if (this.#content[offset] === '"') throw new Unreadable(offset, wrongString(this.#content.slice(offset)));
    return undefined;
  }

  #takes(character: string): boolean {
    this.#match(SPACE);
    if (this.#content[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#content) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #fail(expected: string): never {
    const found = this.#content[this.#at];
    const what = found === undefined ? 'the file ends' : `found ${JSON.stringify(found)}`;
    throw new Unreadable(this.#at, `expected ${expected}, ${what}`);
  }
}

function wrongString(rest: string): string {
  const [line = ''] = rest.split('\n');
  return /^"(?:[^"\\]|\\.)*"/.test(line)
    ? 'this text has an escape or a control character that JSON does not know'
    : 'this text is not closed on its line; a line break is written \\n';
}

/** The length of the first characters of a text as written. */
function rawLength(raw: string, characters: number): number {
  const written = raw.match(CHARACTER) ?? [];
  return written.slice(0, characters).join('').length;
}
