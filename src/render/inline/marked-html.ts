import { SlowPath } from '../faults/fast-path.js';
import type { FlatPage, Mark } from './flat-page.js';
import { attributesOf, htmlTokens, isVoid, type HtmlToken } from './html-tokens.js';
import type { MarkWords } from './mark-words.js';
import type { Place } from '../faults/source-place.js';

/** A mark between tags, or a token that may hold marks inside. */
export interface MarkedToken extends Omit<HtmlToken, 'kind'> {
  readonly kind: HtmlToken['kind'] | 'mark';
  /** The marks it is or holds, in their order. */
  readonly marks: readonly number[];
}

/** The tokens of a page as its templates have it. */
export function sourceTokens({ html, words, places }: FlatPage): readonly MarkedToken[] {
  return withMarks(
    htmlTokens(html, (offset) => places.at(offset)),
    words,
  );
}

/** The tokens of HTML with marks, which are words or, between tags, comments around such words. */
export function markedTokens(html: string, words: MarkWords): readonly MarkedToken[] {
  return withMarks(htmlTokens(html), words);
}

/** Where the templates have a token that was left as it is. */
export function tokenPlace(
  token: MarkedToken | undefined,
  tokens: readonly MarkedToken[],
  page: FlatPage,
): Place | undefined {
  if (!token) return undefined;
  const before = tokens.slice(0, tokens.indexOf(token));
  let left = before.filter(({ source }) => source === token.source).length;
  let offset = 0;
  for (const { source } of sourceTokens(page)) {
    if (source === token.source && left === 0) return page.places.at(offset);
    if (source === token.source) left -= 1;
    offset += source.length;
  }
  return undefined;
}

function withMarks(tokens: readonly HtmlToken[], words: MarkWords): readonly MarkedToken[] {
  const comment = new RegExp(`^<!--${words.pattern}-->$`);
  return tokens.flatMap((token): readonly MarkedToken[] => {
    const marks = words.in(token.source);
    if (token.kind === 'text') return splitText(token.source, words);
    return [{ ...token, kind: comment.test(token.source) ? 'mark' : token.kind, marks }];
  });
}

function splitText(text: string, words: MarkWords): readonly MarkedToken[] {
  const split = new RegExp(`(${words.pattern.replace('(', '(?:')})`);
  return text
    .split(split)
    .filter((source) => source !== '')
    .map((source) => {
      const marks = words.in(source);
      return { kind: marks.length > 0 ? 'mark' : 'text', name: '', source, marks };
    });
}

/** Marks between tags as comments, which an HTML parser leaves where they are. */
export function withComments(tokens: readonly MarkedToken[]): string {
  return tokens.map(({ kind, source }) => (kind === 'mark' ? `<!--${source}-->` : source)).join('');
}

/** How deep in blocks each token stands: what is at 0 is printed exactly once. */
export function blockDepths(tokens: readonly MarkedToken[], { marks }: FlatPage): readonly number[] {
  let depth = 0;
  return tokens.map((token) => {
    for (const index of token.marks) {
      const mark = marks[index];
      if (mark?.branches && mark.role === 'open') depth += 1;
      if (mark?.branches && mark.role === 'close') depth -= 1;
    }
    return depth;
  });
}

/** A mark in the middle or at the end of a block. */
interface LaterMark {
  readonly mark: Mark;
  readonly index: number;
  /** Of the mark the block opens with. */
  readonly opened: number;
}

/** The marks that belong to others before them, in their order. */
export function laterMarks(marks: readonly Mark[]): readonly LaterMark[] {
  const open: number[] = [];
  const later: LaterMark[] = [];
  for (const [index, mark] of marks.entries()) {
    if (mark.role === 'open') open.push(index);
    if (mark.role !== 'else' && mark.role !== 'close') continue;
    later.push({ mark, index, opened: open.at(-1) ?? index });
    if (mark.role === 'close') open.pop();
  }
  return later;
}

/**
 * Writes down each `<tbody>` a parser would put around rows. Otherwise it would stand inside of an
 * `{{#each}}` around them, and be repeated. A table that turns out to have no rows gets an empty one.
 */
export function withTableBodies(tokens: readonly MarkedToken[]): readonly MarkedToken[] {
  const added = new Map<number, MarkedToken>();
  for (const { from, to } of rowRanges(tokens)) {
    added.set(from, bodyTag('open', '<tbody>'));
    added.set(to, bodyTag('close', '</tbody>'));
  }
  return tokens.flatMap((token, at) => {
    const tag = added.get(at);
    return tag ? [tag, token] : [token];
  });
}

function bodyTag(kind: 'open' | 'close', source: string): MarkedToken {
  return { kind, name: 'tbody', source, marks: [] };
}

interface RowRange {
  readonly from: number;
  readonly to: number;
}

interface Child {
  readonly at: number;
  readonly token: MarkedToken;
}

function rowRanges(tokens: readonly MarkedToken[]): readonly RowRange[] {
  const ranges: RowRange[] = [];
  const open: Array<{ readonly name: string; readonly children: Child[] }> = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'text' && BLANK.test(token.source)) continue;
    const top = open.at(-1);
    if (token.kind === 'close' && token.name === top?.name) {
      if (token.name === 'table') ranges.push(...rowRange(top.children, at));
      open.pop();
    }
    open.at(-1)?.children.push({ at, token });
    if (token.kind === 'open' && !isVoid(token.name)) open.push({ name: token.name, children: [] });
  }
  return ranges;
}

/** The rows that follow everything else in a table, with the blocks around them. */
function rowRange(children: readonly Child[], to: number): readonly RowRange[] {
  const lastOther = children.findLastIndex(({ token }) => token.name !== '' && token.name !== 'tr');
  const behind = children.slice(lastOther + 1);
  const first = behind.findIndex(({ token }) => token.kind !== 'comment');
  const firstRow = behind.findIndex(({ token }) => token.name === 'tr');
  // A parser leaves a comment before the first row outside; behind a mark, that is not to be had.
  const commented = behind.slice(first, firstRow).some(({ token }) => token.kind === 'comment');
  const from = behind[first]?.at;
  return from === undefined || firstRow < 0 || commented ? [] : [{ from, to }];
}

/** White space to an HTML parser, also where it is written as a reference; other spaces are text to it, as any. */
const BLANK = /^(?:[ \t\r\n\f]|&#(?:0*(?:9|10|12|32)|[xX]0*(?:9|[aA]|[cC]|20));|&(?:Tab|NewLine);)*$/;

/** The tokens in words that are equal for a page before and after it went through an HTML parser. */
export function shapeOf(tokens: readonly MarkedToken[]): readonly Shape[] {
  return tokens
    .filter(({ kind, source }) => kind !== 'text' || !BLANK.test(source))
    .map((token) => ({ words: wordsOf(token), token }));
}

export interface Shape {
  readonly words: string;
  readonly token: MarkedToken;
}

function wordsOf({ kind, name, source, marks }: MarkedToken): string {
  if (kind !== 'open' || marks.length === 0) return [kind, name, ...marks].join(' ');
  return [kind, name, ...attributesOf({ kind, name, source }).map((attribute) => markedAttribute(attribute))]
    .filter(Boolean)
    .join(' ');
}

function markedAttribute({ name, value }: { readonly name: string; readonly value: string }): string {
  const words = value.match(/mark\d+x\d+x/g);
  return words ? `${name}=${words.join(',')}` : '';
}

/**
 * Refuses what none of the analyses below can tell apart.
 * @throws {SlowPath}
 */
export function checkCharacters(page: FlatPage): void {
  refuse(/\r(?!\n)/, 'it has a carriage return without a line feed', page);
  // It would be taken for a mark of ours, and printed for all to see.
  refuse(new RegExp(`<!--${page.words.pattern}-->`), 'a tag is all there is in a comment', page);
}

/** @throws {SlowPath} where a page has what a pattern finds */
export function refuse(pattern: RegExp, reason: string, { html, places }: FlatPage): void {
  const found = pattern.exec(html);
  if (found) throw new SlowPath(reason, places.at(found.index));
}
