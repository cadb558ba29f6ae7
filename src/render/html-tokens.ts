import { SlowPath } from './fast-path.js';
import type { Place } from './place.js';

/** A piece of HTML source. */
export interface HtmlToken {
  /** `raw`: the content of an element that has no elements in it, such as a script or title. */
  readonly kind: 'text' | 'raw' | 'open' | 'close' | 'comment' | 'doctype';
  /** Of the element, in lower case; of the element around, for `raw`; otherwise empty. */
  readonly name: string;
  readonly source: string;
}

type PlaceAt = (offset: number) => Place | undefined;

export interface HtmlAttribute {
  readonly name: string;
  readonly value: string;
}

const TAG =
  /<!--[^]*?-->|<!\[[^\]]*\]>|<!doctype[^>]*>|<\/([a-z][^\s>/]*)[^>]*>|<([a-z][^\s>/]*)(?:"[^"]*"|'[^']*'|[^>"'])*>/gi;
const ATTRIBUTE = /([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

const RAW = new Set('script style title textarea xmp iframe noembed noframes noscript'.split(' '));
const VOID = new Set(
  'area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen'.split(
    ' ',
  ),
);

/** Elements that have no end tag. */
export function isVoid(name: string): boolean {
  return VOID.has(name);
}

/**
 * @param placeAt the place of an offset in `html`, for faults
 * @throws {SlowPath} for what only a real HTML parser can make sense of
 */
export function htmlTokens(html: string, placeAt: PlaceAt = () => undefined): readonly HtmlToken[] {
  const tokens: HtmlToken[] = [];
  let end = 0;
  const pattern = new RegExp(TAG);
  for (let match = pattern.exec(html); match; match = pattern.exec(html)) {
    pushText(tokens, html.slice(end, match.index), end, placeAt);
    const token = tokenOf(match);
    tokens.push(token);
    end = pattern.lastIndex;
    if (token.kind !== 'open' || !RAW.has(token.name)) continue;
    const content = rawContent(html.slice(end), token.name);
    if (content === undefined) throw new SlowPath(`<${token.name}> is never closed`, placeAt(match.index));
    if (content !== '') tokens.push({ kind: 'raw', name: token.name, source: content });
    end += content.length;
    pattern.lastIndex = end;
  }
  pushText(tokens, html.slice(end), end, placeAt);
  return tokens;
}

export function attributesOf({ source }: HtmlToken): readonly HtmlAttribute[] {
  const inside = source.replace(/^<[^\s>/]+|\/?>$/g, '');
  return [...inside.matchAll(ATTRIBUTE)].map(([, name = '', double, single, bare]) => ({
    name: name.toLowerCase(),
    value: double ?? single ?? bare ?? '',
  }));
}

function pushText(tokens: HtmlToken[], source: string, offset: number, placeAt: PlaceAt): void {
  if (source === '') return;
  const stray = /<[a-z/!?][^]{0,20}/i.exec(source);
  if (stray) throw new SlowPath(`this is no HTML tag: ${stray[0]}`, placeAt(offset + stray.index));
  tokens.push({ kind: 'text', name: '', source });
}

function tokenOf([source, close, open]: RegExpExecArray): HtmlToken {
  if (close !== undefined) return { kind: 'close', name: close.toLowerCase(), source };
  if (open !== undefined) return { kind: 'open', name: open.toLowerCase(), source };
  return { kind: /^<!doctype/i.test(source) ? 'doctype' : 'comment', name: '', source };
}

function rawContent(rest: string, name: string): string | undefined {
  const end = new RegExp(String.raw`</${name}[\s/>]`, 'i').exec(rest);
  return end ? rest.slice(0, end.index) : undefined;
}
