import { bringsStyles, type CssInliner } from './css-inliner.js';
import { SlowPath } from './fast-path.js';
import { isNode, programOf, type FlatPage, type Instance, type Part } from './flat-page.js';
import { attributesOf } from './html-tokens.js';
import { checkHelpersInText, checkMarkPlaces } from './mark-places.js';
import {
  blockDepths,
  markedTokens,
  shapeOf,
  withComments,
  withTableBodies,
  type MarkedToken,
  type Shape,
} from './marked-html.js';
import { checkSelectors } from './selector-reach.js';
import { callNode, pathNode, SPENT_STRIPS, type StrictNode, type StrictProgram } from './strict-node.js';
import { STRICT_HELPERS } from './strict-syntax.js';

export interface InlinedPageOptions {
  readonly inliner: CssInliner;
  /** The local style sheet behind a link's `href`, if there is one. */
  readonly sheet: (href: string) => string | undefined;
  readonly userHelpers: ReadonlySet<string>;
}

/** A page whose styles are inlined, ready to be compiled. */
export interface InlinedPage {
  readonly program: StrictProgram;
  /** The partials it calls, each made for the place it is called from. */
  readonly partials: ReadonlyMap<string, StrictProgram>;
}

/** @throws {SlowPath} when what an inliner does to a rendered mail may differ from what it does here */
export function inlinedPage(page: FlatPage, options: InlinedPageOptions): InlinedPage {
  const html = inlined(page, options);
  const parts = partsOf(html, page);
  const called = page.instances.filter((instance) => instance !== page.root);
  const partials = called.map((instance): [string, StrictProgram] => [
    instance.name,
    rebuilt({ instance, program: instance.program }, parts),
  ]);
  return {
    program: rebuilt({ instance: page.root, program: page.root.program }, parts),
    partials: new Map(partials),
  };
}

function inlined(page: FlatPage, { inliner, sheet, userHelpers }: InlinedPageOptions): string {
  const source = markedTokens(page.html, page.words);
  checkSource(source, page);
  checkHelpersInText(source, page, userHelpers);
  if (!bringsStyles(page.html)) return page.html;
  const { rest, css } = inliner.part(page.html, sheet);
  if (!css.trim()) return rest;
  const tokens = withTableBodies(markedTokens(rest, page.words));
  checkMarkPlaces(tokens, page);
  checkSelectors(css, tokens, page);
  const result = behindDoctype(withComments(tokens), page, (html) => inliner.apply(html, css));
  checkSame(shapeOf(tokens), shapeOf(markedTokens(result, page.words)), page);
  return result;
}

function checkSource(tokens: readonly MarkedToken[], page: FlatPage): void {
  checkStyles(tokens, page);
  const indented = page.marks.some(({ node }) => typeof node['indent'] === 'string' && node['indent'] !== '');
  if (indented && /<(?:pre|textarea|listing)\b/i.test(page.html))
    throw new SlowPath('a partial that is indented comes with text whose spaces count');
  if (/\r(?!\n)/.test(page.html)) throw new SlowPath('it has a carriage return without a line feed');
  // It would be taken for a mark of ours, and printed for all to see.
  if (new RegExp(`<!--${page.words.pattern}-->`).test(page.html))
    throw new SlowPath('a tag is all there is in a comment');
}

/** What the styles are has to be known before any value is. */
function checkStyles(tokens: readonly MarkedToken[], page: FlatPage): void {
  const depths = blockDepths(tokens, page);
  for (const [at, token] of tokens.entries()) {
    const { kind, name, source, marks } = token;
    if (name !== 'style' && (name !== 'link' || kind !== 'open')) continue;
    if (marks.length > 0) throw new SlowPath(`a tag stands in <${name}>`);
    if (name === 'link' && !/\bstylesheet\b/i.test(source)) continue;
    if ((depths[at] ?? 0) > 0) throw new SlowPath(`<${name}> stands inside a block`);
  }
}

/** A doctype counts only when it comes first, so marks of partials around it wait behind it. */
function behindDoctype(html: string, { words }: FlatPage, change: (html: string) => string): string {
  const marks = String.raw`((?:\s|<!--${words.pattern.replace('(', '(?:')}-->)*)`;
  const doctype = '(<!doctype[^>]*>)';
  const moved = html.replace(new RegExp(`^${marks}${doctype}`, 'i'), '$2$1');
  const changed = change(moved);
  return moved === html ? changed : changed.replace(new RegExp(`^${doctype}${marks}`, 'i'), '$2$1');
}

const OPTIONAL = new Set(['html', 'head', 'body']);

/** A page a parser mends is mended otherwise when other things are printed in it. */
function checkSame(before: readonly Shape[], after: readonly Shape[], page: FlatPage): void {
  const written = new Set(before.map(({ words }) => words.split(' ', 2).join(' ')));
  const implied = ({ token: { kind, name } }: Shape): boolean =>
    OPTIONAL.has(name) && !written.has(`${kind} ${name}`);
  const kept = after.filter((shape) => !implied(shape));
  for (let index = 0; index < Math.max(before.length, kept.length); index++) {
    const [own, other] = [before[index], kept[index]];
    if (!own || !other || own.words !== other.words) {
      throw new SlowPath(`the HTML has to be mended by its reader at ${excerpt(own ?? other, page)}`);
    }
    if (styleWithTag(own, page) !== styleWithTag(other, page))
      throw new SlowPath('rules apply to an element whose style attribute holds a tag');
  }
}

function excerpt(shape: Shape | undefined, { words }: FlatPage): string {
  return shape ? words.hidden(shape.token.source.trim()).slice(0, 40) : 'its end';
}

function styleWithTag({ token }: Shape, { words }: FlatPage): string {
  if (token.kind !== 'open' || token.marks.length === 0) return '';
  const style = attributesOf({ ...token, kind: 'open' }).find(({ name }) => name === 'style');
  return style && words.in(style.value).length > 0 ? style.value : '';
}

type Item = string | StrictNode;
type Parts = ReadonlyMap<Instance, ReadonlyMap<StrictProgram, readonly Item[]>>;

/** Takes a page apart at its marks: what belongs to which program. */
function partsOf(html: string, page: FlatPage): Parts {
  const parts = new PartCollection(page);
  const { pattern } = page.words;
  const marks = new RegExp(`<!--${pattern}-->|${pattern}`, 'g');
  let end = 0;
  let expected = 0;
  for (const match of html.matchAll(marks)) {
    if (Number(match[1] ?? match[2]) !== expected) break;
    parts.text(html.slice(end, match.index));
    parts.mark(expected);
    end = match.index + match[0].length;
    expected += 1;
  }
  if (expected !== page.marks.length) throw new SlowPath('the HTML has to be mended by its reader');
  parts.text(html.slice(end));
  return parts.finish();
}

interface OpenPart {
  readonly part: Part | undefined;
  readonly items: Item[];
}

class PartCollection {
  readonly #page: FlatPage;
  readonly #open: OpenPart[];
  readonly #parts = new Map<Instance, Map<StrictProgram, readonly Item[]>>();

  constructor(page: FlatPage) {
    this.#page = page;
    this.#open = [{ part: { instance: page.root, program: page.root.program }, items: [] }];
  }

  text(text: string): void {
    if (text !== '') this.#open.at(-1)?.items.push(text);
  }

  mark(index: number): void {
    const mark = this.#page.marks[index];
    if (!mark) return;
    if (mark.role === 'else' || mark.role === 'close') this.#end();
    if (mark.role === 'value' || mark.role === 'open') this.#open.at(-1)?.items.push(mark.node);
    if (mark.role === 'open' || mark.role === 'else') this.#open.push({ part: mark.begins, items: [] });
  }

  finish(): Parts {
    this.#end();
    return this.#parts;
  }

  #end(): void {
    const { part, items } = this.#open.pop() ?? { part: undefined, items: [] };
    if (!part) {
      if (items.length > 0) throw new SlowPath('the HTML has to be mended by its reader');
      return;
    }
    const programs = this.#parts.get(part.instance) ?? new Map<StrictProgram, readonly Item[]>();
    this.#parts.set(part.instance, programs);
    const known = programs.get(part.program);
    if (known && !sameItems(known, items))
      throw new SlowPath('a block is printed in several places that styles treat differently');
    programs.set(part.program, items);
  }
}

function sameItems(one: readonly Item[], other: readonly Item[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function rebuilt({ instance, program }: Part, parts: Parts): StrictProgram {
  const inlines = program.body.filter(({ type }) => type === 'DecoratorBlock');
  const items = parts.get(instance)?.get(program) ?? [UNFORESEEN];
  const body = [...inlines, ...items].map((item) =>
    typeof item === 'string' ? contentNode(item) : rebuiltNode(item, instance, parts),
  );
  return { ...program, body };
}

function rebuiltNode(node: StrictNode, instance: Instance, parts: Parts): StrictNode {
  const inner = (value: unknown): StrictProgram | undefined => {
    const program = programOf(value);
    return program && rebuilt({ instance, program }, parts);
  };
  const called = instance.calls.get(node);
  return {
    ...node,
    ...(isNode(node['program']) && { program: inner(node['program']) }),
    ...(isNode(node['inverse']) && { inverse: inner(node['inverse']) }),
    ...(called && { name: pathNode([called.name]) }),
  };
}

function contentNode(text: string): StrictNode {
  return { type: 'ContentStatement', value: text, original: text };
}

/** Stands where nothing was foreseen to be printed. */
const UNFORESEEN: StrictNode = {
  ...SPENT_STRIPS,
  ...callNode(STRICT_HELPERS.unforeseen, []),
  type: 'MustacheStatement',
  escaped: true,
};
