import { SlowPath } from '../faults/fast-path.js';
import type { SourceLocation } from '../faults/source-location.js';

export interface HtmlToken {
  /** `raw` is the content of an element that can hold no elements, such as a script or title. */
  readonly kind: 'text' | 'raw' | 'open' | 'close' | 'comment' | 'doctype';
  /** Lower-case name of the element, for `raw` of the element around it; empty for other kinds. */
  readonly name: string;
  readonly source: string;
}

type PlaceAt = (offset: number) => SourceLocation | undefined;

export interface HtmlAttribute {
  readonly name: string;
  readonly value: string;
}

/** Begins anything but text. */
const START = /<[a-z/!?]/gi;
const TAG =
  /<!--[^]*?-->|<!\[[^\]]*\]>|<!doctype[^>]*>|<\/([a-z][^\s>/]*)[^>]*>|<([a-z][^\s>/]*)(?:"[^"]*"|'[^']*'|[^>"'])*>/iy;
const ATTRIBUTE = /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

const RAW = new Set('script style title textarea xmp iframe noembed noframes noscript'.split(' '));
const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen'.split(
    ' ',
  ),
);

/** Whether elements of this name have no end tag. */
export function isVoid(name: string): boolean {
  return VOID.has(name);
}

/**
 * Splits HTML into tokens.
 * @param placeAt finds the place of an offset in `html`, for the error
 * @throws {SlowPath} where only a real HTML parser can make sense of the source
 */
export function htmlTokens(html: string, placeAt: PlaceAt = () => undefined): readonly HtmlToken[] {
  const tokens: HtmlToken[] = [];
  let end = 0;
  const start = new RegExp(START);
  for (let next = start.exec(html); next; next = start.exec(html)) {
    pushText(tokens, html.slice(end, next.index));
    const token = tokenAt(html, next.index);
    if (!token) throw new SlowPath(`this is no HTML tag: ${excerpt(html, next.index)}`, placeAt(next.index));
    tokens.push(token);
    end = next.index + token.source.length;
    if (token.kind === 'open' && RAW.has(token.name)) {
      const content = rawContent(html.slice(end), token.name);
      if (content === undefined) throw new SlowPath(`<${token.name}> is never closed`, placeAt(next.index));
      if (content !== '') tokens.push({ kind: 'raw', name: token.name, source: content });
      end += content.length;
    }
    start.lastIndex = end;
  }
  pushText(tokens, html.slice(end));
  return tokens;
}

export function attributesOf({ source }: HtmlToken): readonly HtmlAttribute[] {
  const inside = source.replace(/^<[^\s>/]+|\/?>$/g, '');
  return [...inside.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => ({
    name: name.toLowerCase(),
    value: double ?? single ?? bare ?? '',
  }));
}

function pushText(tokens: HtmlToken[], source: string): void {
  if (source !== '') tokens.push({ kind: 'text', name: '', source });
}

const excerpt = (html: string, at: number): string => html.slice(at, at + 22);

/** Looks at this offset alone, so that a tag without an end is searched to the end of the page only once. */
function tokenAt(html: string, at: number): HtmlToken | undefined {
  const pattern = new RegExp(TAG);
  pattern.lastIndex = at;
  const [source, close, open] = pattern.exec(html) ?? [];
  if (source === undefined) return undefined;
  if (close !== undefined) return { kind: 'close', name: close.toLowerCase(), source };
  if (open !== undefined) return { kind: 'open', name: open.toLowerCase(), source };
  return { kind: /^<!doctype/i.test(source) ? 'doctype' : 'comment', name: '', source };
}

function rawContent(rest: string, name: string): string | undefined {
  const end = new RegExp(String.raw`</${name}[\s/>]`, 'i').exec(rest);
  return end ? rest.slice(0, end.index) : undefined;
}
