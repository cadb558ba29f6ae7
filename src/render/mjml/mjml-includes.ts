import { posix } from 'node:path';
import { bodyStart } from '../syntax/front-matter.js';
import { attributesOf } from '../inline/html-tokens.js';
import { LineStarts, locationOf, type SourceLocation, type Position } from '../faults/source-location.js';
import type { TemplateFault, TemplateFaults } from '../faults/template-fault.js';

/** The files that may be included. Paths are relative to the templates folder and use `/`. */
export interface IncludeFiles {
  /** The name of the file in messages. */
  readonly nameOf: (path: string) => string;
  readonly has: (path: string) => boolean;
  /** @returns undefined if the file cannot be read, which the reader of the folder reports */
  readonly read: (path: string) => Promise<string | undefined>;
}

/** A segment of the text that a file and its includes make together. */
interface Segment {
  readonly text: string;
  readonly path: string;
  readonly source: string;
  /** Index of the text in the source. */
  readonly at: number;
}

/** The segment at an offset of the whole text. */
interface FoundSegment extends Segment {
  /** The offset in the source. */
  readonly offset: number;
  /** Index of the segment in the whole. */
  readonly start: number;
}

interface IncludedFile {
  readonly path: string;
  readonly text: string;
  /** Paths of the including files, the outermost first. */
  readonly around: readonly string[];
}

/** Bounds includes within includes. */
const MAX_DEPTH = 20;
const MAX_LENGTH = 1_048_576;

/** Matches comments of both languages, in which nothing is included, or an include with its attributes. */
const INCLUDE =
  /<!--[^]*?-->|\{\{~?!--[^]*?--~?\}\}|\{\{~?!(?!--)[^]*?\}\}|<mj-include\b((?:"[^"]*"|'[^']*'|[^>"'])*)>(?:\s*<\/mj-include>)?/gi;
const HEAD = /<mj-head\b[^>]*>([^]*?)<\/mj-head\s*>/i;
const BODY = /<mj-body\b[^>]*>([^]*?)<\/mj-body\s*>/i;

/** An MJML file with its includes, which knows the source of everything in it. */
export class IncludedMjml {
  readonly content: string;
  readonly #path: string;
  readonly #files: IncludeFiles;
  readonly #segments: readonly Segment[];
  readonly #lines: LineStarts;

  private constructor(path: string, files: IncludeFiles, segments: readonly Segment[]) {
    this.#path = path;
    this.#files = files;
    this.#segments = segments;
    this.content = segments.map(({ text }) => text).join('');
    this.#lines = new LineStarts(this.content);
  }

  /** @param path path of the file under the templates folder */
  static async read(
    path: string,
    content: string,
    files: IncludeFiles,
    faults: TemplateFaults,
  ): Promise<IncludedMjml> {
    const includes = new IncludeReader(files, faults);
    const start = bodyStart(content);
    const own = { path, text: content, around: [] };
    const body = await includes.segments(own, start, content.length);
    const front = { text: content.slice(0, start), path, source: content, at: 0 };
    return new IncludedMjml(path, files, [front, ...withHead(body, includes.head)]);
  }

  /** Maps a place of the whole to the file it comes from. */
  place({ line, column }: SourceLocation): SourceLocation {
    const { path, source, offset } = this.#origin(this.#lines.startOf(line - 1) + column - 1);
    return locationOf(this.#files.nameOf(path), source, offset);
  }

  /** Maps a position in the body of the whole to the body of the file itself; included text is at its `mj-include`. */
  position(position: Position): Position {
    const before = this.#lines.at(bodyStart(this.content)).line;
    const start = this.#lines.startOf(position.line + before - 1);
    const origin = this.#ownOrigin(start + position.column);
    const { line, column } = new LineStarts(origin.source).at(origin.offset);
    return { line: line + 1 - before, column };
  }

  /** Steps back from an included segment to the file itself. */
  #ownOrigin(offset: number): FoundSegment {
    let origin = this.#origin(offset);
    while (origin.path !== this.#path && origin.start > 0) {
      const last = this.#origin(origin.start - 1);
      origin = { ...last, offset: last.offset + 1 };
    }
    return origin;
  }

  #origin(offset: number): FoundSegment {
    let start = 0;
    let found = this.#segments[0] ?? { text: '', path: this.#path, source: '', at: 0 };
    for (const segment of this.#segments) {
      if (start + segment.text.length > offset)
        return { ...segment, start, offset: segment.at + offset - start };
      start += segment.text.length;
      found = segment;
    }
    return { ...found, start, offset: found.at + found.text.length };
  }
}

class IncludeReader {
  /** The heads of the included files. */
  readonly head: Segment[] = [];
  readonly #files: IncludeFiles;
  readonly #faults: TemplateFaults;
  #length = 0;

  constructor(files: IncludeFiles, faults: TemplateFaults) {
    this.#files = files;
    this.#faults = faults;
  }

  /** Reads a part of a file, with its includes in their places. */
  async segments(source: IncludedFile, from: number, to: number): Promise<readonly Segment[]> {
    const { path, text } = source;
    const piece = (start: number, end: number): Segment => ({
      text: text.slice(start, end),
      path,
      source: text,
      at: start,
    });
    const segments: Segment[] = [];
    let end = from;
    for (const { index, 0: tag, 1: attributes } of text.matchAll(INCLUDE)) {
      if (index < end || index + tag.length > to || attributes === undefined) continue;
      segments.push(piece(end, index), ...(await this.#include(source, index, tag)));
      end = index + tag.length;
    }
    return [...segments, piece(end, to)];
  }

  async #include(source: IncludedFile, at: number, tag: string): Promise<readonly Segment[]> {
    const attributes = new Map(
      attributesOf({ kind: 'open', name: 'mj-include', source: tag }).map(({ name, value }) => [name, value]),
    );
    const written = attributes.get('path') ?? '';
    const type = attributes.get('type') ?? 'mjml';
    const name = type === 'mjml' && posix.extname(written) === '' ? `${written}.mjml` : written;
    const path = posix.join(posix.dirname(source.path), name);
    const fault = this.#fault(source, written, path);
    if (fault) {
      this.#faults.add({ place: locationOf(this.#files.nameOf(source.path), source.text, at), ...fault });
      return [];
    }
    const text = (await this.#files.read(path)) ?? '';
    this.#length += text.length;
    const included = { path, text, around: [...source.around, source.path] };
    const whole: Segment = { text, path, source: text, at: 0 };
    if (type === 'html') return [around('<mj-raw>', whole), whole, around('</mj-raw>', whole)];
    if (type !== 'css') return this.#mjml(included);
    const inline = attributes.get('css-inline') === 'inline' ? ' inline="inline"' : '';
    this.head.push(around(`<mj-style${inline}>`, whole), whole, around('</mj-style>', whole));
    return [];
  }

  async #mjml(included: IncludedFile): Promise<readonly Segment[]> {
    const { text } = included;
    const [head, body] = [HEAD, BODY].map((part) => innerOf(part, text));
    if (head) this.head.push(...(await this.segments(included, ...head)));
    if (body) return this.segments(included, ...body);
    return head || /<mjml\b/i.test(text) ? [] : this.segments(included, 0, text.length);
  }

  #fault(
    { path: from, around: before }: IncludedFile,
    written: string,
    path: string,
  ): Omit<TemplateFault, 'place'> | undefined {
    const fix = 'Write its path from this file, within the templates folder';
    if (written.includes('{{')) return { what: 'which file is included depends on a value', fix };
    if (path === from || before.includes(path)) return { what: `"${written}" includes itself` };
    if (!this.#files.has(path)) return { what: `"${written}" is not in the templates folder`, fix };
    if (before.length >= MAX_DEPTH || this.#length > MAX_LENGTH)
      return { what: 'with what it includes it is too large' };
    return undefined;
  }
}

/** A tag that no file has; it is located at the segment that it wraps. */
function around(text: string, { path, source }: Segment): Segment {
  return { text, path, source, at: 0 };
}

/** The beginning and the end of an element's content. */
function innerOf(element: RegExp, text: string): readonly [from: number, to: number] | undefined {
  const found = element.exec(text);
  const inner = found?.[1];
  if (!found || inner === undefined) return undefined;
  const from = found.index + found[0].indexOf('>') + 1;
  return [from, from + inner.length];
}

/** Inserts segments at the end of the head of others. */
function withHead(segments: readonly Segment[], head: readonly Segment[]): readonly Segment[] {
  if (head.length === 0) return segments;
  const isIn = (pattern: RegExp): number => segments.findIndex(({ text }) => pattern.test(text));
  const at = isIn(/<\/mj-head\s*>/i);
  if (at >= 0) return spliced(segments, at, /<\/mj-head\s*>/i, head);
  const [first] = head;
  const own = first ? [around('<mj-head>', first), ...head, around('</mj-head>', first)] : [];
  return spliced(segments, Math.max(isIn(/<mj-body\b/i), 0), /<mj-body\b/i, own);
}

/** Inserts segments before the match of a pattern in one of the others. */
function spliced(
  segments: readonly Segment[],
  index: number,
  pattern: RegExp,
  more: readonly Segment[],
): readonly Segment[] {
  const segment = segments[index];
  if (!segment) return segments;
  const cut = Math.max(segment.text.search(pattern), 0);
  const [before, behind] = [segment.text.slice(0, cut), segment.text.slice(cut)];
  return [
    ...segments.slice(0, index),
    { ...segment, text: before },
    ...more,
    { ...segment, text: behind, at: segment.at + cut },
    ...segments.slice(index + 1),
  ];
}
