import { locationOf, type SourceLocation } from './source-location.js';

/** Blocks, else-if links and subexpressions may nest this deep. */
export const MAX_NESTING = 100;

interface OpenBlock {
  readonly name: string;
  readonly offset: number;
  /** Each `{{else if}}` nests one level deeper in the syntax tree. */
  links: number;
}

interface Nesting {
  /** The place where `MAX_NESTING` was exceeded. */
  readonly tooDeep?: SourceLocation;
  /** The innermost block that is never closed. */
  readonly unclosed?: { readonly name: string; readonly place: SourceLocation };
}

const TAG = /(?<!\\)(\\*)\{\{\{?\{?~?\s*(?:(!(?:--)?)|([#^/])[*>]?\s*([^\s}|~(]*)|(else)\s+[^\s}~])?/g;

/**
 * Measures nesting without parsing, because Handlebars takes minutes to parse a source with thousands of nested
 * blocks. May overcount inside raw blocks.
 */
export function measureNesting(file: string, source: string, line: number): Nesting {
  const open: OpenBlock[] = [];
  const tag = new RegExp(TAG);
  for (let match = tag.exec(source); match; match = tag.exec(source)) {
    const [, escaped, comment, sign, name = '', chained] = match;
    if (comment !== undefined) {
      const end = endOfComment(source, tag.lastIndex, comment);
      // The parser reports a comment without an end.
      if (end === undefined) break;
      tag.lastIndex = end;
    }
    if (escaped?.length === 1) continue;
    const top = open.at(-1);
    if (chained && top) top.links += 1;
    else if (sign === '/') open.pop();
    else if (sign === '#' || (sign === '^' && name)) open.push({ name, offset: match.index, links: 0 });
    else continue;
    if (depthOf(open) > MAX_NESTING) return { tooDeep: locationOf(file, source, match.index, line) };
  }
  return parenthesesTooDeep(file, source, line) ?? unclosed(file, source, line, open.at(-1));
}

function endOfComment(source: string, inside: number, start: string): number | undefined {
  const end = start === '!--' ? /--~?\}\}/g : /\}\}/g;
  end.lastIndex = inside;
  return end.test(source) ? end.lastIndex : undefined;
}

function depthOf(open: readonly OpenBlock[]): number {
  return open.length > MAX_NESTING ? open.length : open.reduce((depth, { links }) => depth + 1 + links, 0);
}

function parenthesesTooDeep(file: string, source: string, line: number): Nesting | undefined {
  for (let start = source.indexOf('{{'), end = 0; start >= 0; start = source.indexOf('{{', end)) {
    end = source.indexOf('}}', start + 2) + 2;
    if (end < 2) return undefined;
    let depth = 0;
    for (const parenthesis of source.slice(start, end).matchAll(/[()]/g)) {
      depth += parenthesis[0] === '(' ? 1 : -1;
      if (depth > MAX_NESTING) return { tooDeep: locationOf(file, source, start, line) };
    }
  }
  return undefined;
}

function unclosed(file: string, source: string, line: number, block: OpenBlock | undefined): Nesting {
  if (!block) return {};
  return { unclosed: { name: block.name, place: locationOf(file, source, block.offset, line) } };
}
