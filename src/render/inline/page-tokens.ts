import { SlowPath } from '../faults/fast-path.js';
import type { FlattenedTemplate, Placeholder } from './flattened-template.js';
import { attributesOf, htmlTokens, isVoid, type HtmlToken } from './html-tokens.js';
import type { PlaceholderTokens } from './placeholder-tokens.js';
import type { SourceLocation } from '../faults/source-location.js';

/** A placeholder between tags, or an HTML token that may contain placeholders. */
export interface PageToken extends Omit<HtmlToken, 'kind'> {
  readonly kind: HtmlToken['kind'] | 'placeholder';
  /** Indexes of the placeholders it is or contains, in their order. */
  readonly placeholders: readonly number[];
}

/** The tokens of a page before anything is inlined. */
export function sourceTokens({ html, placeholderTokens, places }: FlattenedTemplate): readonly PageToken[] {
  const tokens = htmlTokens(html, (offset) => places.at(offset));
  return withPlaceholders(tokens, placeholderTokens);
}

/** The tokens of HTML in which placeholders between tags may stand in comments, as `withComments` writes them. */
export function pageTokens(html: string, placeholderTokens: PlaceholderTokens): readonly PageToken[] {
  return withPlaceholders(htmlTokens(html), placeholderTokens);
}

/** The place in the templates of a token whose source is unchanged. */
export function tokenPlace(
  token: PageToken | undefined,
  tokens: readonly PageToken[],
  page: FlattenedTemplate,
): SourceLocation | undefined {
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

function withPlaceholders(
  tokens: readonly HtmlToken[],
  placeholderTokens: PlaceholderTokens,
): readonly PageToken[] {
  const comment = new RegExp(`^<!--${placeholderTokens.pattern}-->$`);
  return tokens.flatMap((token): readonly PageToken[] => {
    const placeholders = placeholderTokens.indexesIn(token.source);
    if (token.kind === 'text') return splitText(token.source, placeholderTokens);
    return [{ ...token, kind: comment.test(token.source) ? 'placeholder' : token.kind, placeholders }];
  });
}

function splitText(text: string, placeholderTokens: PlaceholderTokens): readonly PageToken[] {
  const split = new RegExp(`(${placeholderTokens.pattern.replace('(', '(?:')})`);
  return text
    .split(split)
    .filter((source) => source !== '')
    .map((source) => {
      const placeholders = placeholderTokens.indexesIn(source);
      return { kind: placeholders.length > 0 ? 'placeholder' : 'text', name: '', source, placeholders };
    });
}

/** Writes placeholders between tags as comments, because an HTML parser leaves those where they are. */
export function withComments(tokens: readonly PageToken[]): string {
  return tokens.map(({ kind, source }) => (kind === 'placeholder' ? `<!--${source}-->` : source)).join('');
}

/** The number of blocks around each token; a token at depth 0 is printed exactly once. */
export function blockDepths(
  tokens: readonly PageToken[],
  { placeholders }: FlattenedTemplate,
): readonly number[] {
  let depth = 0;
  return tokens.map((token) => {
    for (const index of token.placeholders) {
      const placeholder = placeholders[index];
      if (placeholder?.branches && placeholder.role === 'open') depth += 1;
      if (placeholder?.branches && placeholder.role === 'close') depth -= 1;
    }
    return depth;
  });
}

/** A placeholder that continues or closes a node. */
interface LaterPlaceholder {
  readonly placeholder: Placeholder;
  readonly index: number;
  /** Index of the placeholder that opened the node. */
  readonly opened: number;
}

export function laterPlaceholders(placeholders: readonly Placeholder[]): readonly LaterPlaceholder[] {
  const open: number[] = [];
  const later: LaterPlaceholder[] = [];
  for (const [index, placeholder] of placeholders.entries()) {
    if (placeholder.role === 'open') open.push(index);
    if (placeholder.role !== 'else' && placeholder.role !== 'close') continue;
    later.push({ placeholder, index, opened: open.at(-1) ?? index });
    if (placeholder.role === 'close') open.pop();
  }
  return later;
}

/**
 * Writes each `<tbody>` that a parser would put around rows. The parser's own would stand inside an
 * `{{#each}}` around the rows, and be repeated. A table that turns out to have no rows gets an empty one.
 */
export function withTableBodies(tokens: readonly PageToken[]): readonly PageToken[] {
  const added = new Map<number, PageToken>();
  for (const { from, to } of rowRanges(tokens)) {
    added.set(from, bodyTag('open', '<tbody>'));
    added.set(to, bodyTag('close', '</tbody>'));
  }
  return tokens.flatMap((token, at) => {
    const tag = added.get(at);
    return tag ? [tag, token] : [token];
  });
}

function bodyTag(kind: 'open' | 'close', source: string): PageToken {
  return { kind, name: 'tbody', source, placeholders: [] };
}

interface RowRange {
  readonly from: number;
  readonly to: number;
}

interface Child {
  readonly at: number;
  readonly token: PageToken;
}

function rowRanges(tokens: readonly PageToken[]): readonly RowRange[] {
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

/** The rows at the end of a table, with the blocks around them. */
function rowRange(children: readonly Child[], to: number): readonly RowRange[] {
  const lastOther = children.findLastIndex(({ token }) => token.name !== '' && token.name !== 'tr');
  const behind = children.slice(lastOther + 1);
  const first = behind.findIndex(({ token }) => token.kind !== 'comment');
  const firstRow = behind.findIndex(({ token }) => token.name === 'tr');
  // A parser leaves a comment before the first row outside, and cannot do so for one behind a placeholder.
  const commented = behind.slice(first, firstRow).some(({ token }) => token.kind === 'comment');
  const from = behind[first]?.at;
  return from === undefined || firstRow < 0 || commented ? [] : [{ from, to }];
}

/** White space to an HTML parser, also as a character reference; the parser takes any other space for text. */
const BLANK = /^(?:[ \t\r\n\f]|&#(?:0*(?:9|10|12|32)|[xX]0*(?:9|[aA]|[cC]|20));|&(?:Tab|NewLine);)*$/;

/** The shapes of all tokens but blank text. A page has the same ones before and after an HTML parser that fixes nothing. */
export function shapeOf(tokens: readonly PageToken[]): readonly Shape[] {
  return tokens
    .filter(({ kind, source }) => kind !== 'text' || !BLANK.test(source))
    .map((token) => ({ shape: describe(token), token }));
}

export interface Shape {
  readonly shape: string;
  readonly token: PageToken;
}

function describe({ kind, name, source, placeholders }: PageToken): string {
  if (kind !== 'open' || placeholders.length === 0) return [kind, name, ...placeholders].join(' ');
  return [
    kind,
    name,
    ...attributesOf({ kind, name, source }).map((attribute) => attributePlaceholders(attribute)),
  ]
    .filter(Boolean)
    .join(' ');
}

function attributePlaceholders({ name, value }: { readonly name: string; readonly value: string }): string {
  const found = value.match(/placeholder\d+x\d+x/g);
  return found ? `${name}=${found.join(',')}` : '';
}

/** @throws {SlowPath} for characters that no analysis of a page can tell apart */
export function checkCharacters(page: FlattenedTemplate): void {
  refuse(/\r(?!\n)/, 'it has a carriage return without a line feed', page);
  // It would look like a placeholder between tags, and be printed for all to see.
  refuse(new RegExp(`<!--${page.placeholderTokens.pattern}-->`), 'a tag is all there is in a comment', page);
}

/** @throws {SlowPath} where the pattern matches */
export function refuse(pattern: RegExp, reason: string, { html, places }: FlattenedTemplate): void {
  const found = pattern.exec(html);
  if (found) throw new SlowPath(reason, places.at(found.index));
}
