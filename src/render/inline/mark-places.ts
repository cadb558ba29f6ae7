import { isWhole } from '../css/css-engine.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlatPage, Mark } from './flat-page.js';
import { attributesOf, isVoid } from './html-tokens.js';
import { blockDepths, laterMarks, tokenPlace, withComments, type MarkedToken } from './marked-html.js';
import { isNode, listOf, STRICT_HELPERS } from '../engine/strict-node.js';

/** Parents that may not hold text: a parser moves it elsewhere, or ends them. */
const NO_TEXT = new Set('html head table thead tbody tfoot tr colgroup select optgroup frameset'.split(' '));
/** What is inside of them is parsed by rules of its own. */
const FOREIGN = new Set('svg math template noscript iframe noembed noframes xmp'.split(' '));
const NEWLINE_EATERS = new Set(['pre', 'textarea', 'listing']);

interface OpenElement {
  readonly name: string;
  readonly region: string;
  readonly token: MarkedToken;
}

/**
 * Proves that, whatever is printed for the marks, an HTML parser sees the same elements around it.
 * @throws {SlowPath} where it may not
 */
export function checkMarkPlaces(tokens: readonly MarkedToken[], page: FlatPage): void {
  new MarkPlaces(tokens, page).check();
}

/**
 * Proves that between tags no helper of the application prints, which may do so in HTML.
 * @throws {SlowPath} where one does
 */
export function checkHelpersInText(
  tokens: readonly MarkedToken[],
  page: FlatPage,
  markupHelpers: ReadonlySet<string>,
): void {
  const printed = tokens.filter(({ kind }) => kind === 'mark').flatMap((token) => token.marks);
  for (const mark of printed.map((index) => page.marks[index])) checkHelper(mark, page, markupHelpers);
}

/** @throws {SlowPath} where what is printed may be HTML */
export function checkHelper(
  mark: Mark | undefined,
  { places }: FlatPage,
  markupHelpers: ReadonlySet<string>,
): void {
  const name = mark && calledHelper(mark);
  if (name === undefined || !markupHelpers.has(name)) return;
  const reason = `the helper "${name}" may print HTML; if it never does, declare it with textHelper`;
  throw new SlowPath(reason, places.of(mark?.node));
}

class MarkPlaces {
  readonly #tokens: readonly MarkedToken[];
  readonly #page: FlatPage;
  readonly #whole: boolean;
  readonly #depths: readonly number[];
  readonly #open: OpenElement[] = [];
  /** Per mark: the element it is a child of, or the token and attribute it is inside of. */
  readonly #regions: string[] = [];
  #current: MarkedToken | undefined;

  constructor(tokens: readonly MarkedToken[], page: FlatPage) {
    this.#tokens = tokens;
    this.#page = page;
    this.#whole = isWhole(withComments(tokens.filter(({ kind }) => kind !== 'comment')));
    this.#depths = blockDepths(tokens, page);
  }

  check(): void {
    checkReferences(this.#tokens.map(({ source }) => source).join(''), this.#page);
    for (const [at, token] of this.#tokens.entries()) {
      this.#current = token;
      this.#token(token, at);
    }
    const [left] = this.#open;
    if (left) throw this.#slow(`<${left.name}> is never closed`, left.token);
    this.#checkPairs();
  }

  #token(token: MarkedToken, at: number): void {
    if (token.kind === 'mark') this.#between(token, at);
    else if (token.kind === 'open') this.#tag(token, at);
    else if (token.kind === 'close') this.#end(token);
    else if (token.marks.length > 0) this.#inside(token, at);
    if (/^(?:html|head|body)$/.test(token.name) && (this.#depths[at] ?? 0) > 0)
      throw this.#slow(`<${token.name}> stands inside a block`);
  }

  #between({ marks }: MarkedToken, at: number): void {
    const parent = this.#open.at(-1);
    for (const index of marks) {
      this.#regions[index] = parent?.region ?? 'page';
      const mark = this.#page.marks[index];
      this.#checkFirst(at);
      if (mark && (mark.branches || mark.role === 'value')) this.#printed(mark, parent?.name ?? '');
    }
  }

  #printed(mark: Mark, parent: string): void {
    const around = this.#open.map(({ name }) => name);
    const foreign = around.find((name) => FOREIGN.has(name));
    if (foreign) throw this.#slow(`a tag stands inside <${foreign}>`);
    if (this.#whole && !around.includes('head') && !around.includes('body'))
      throw this.#slow('a tag stands outside of <head> and <body>');
    if (mark.role === 'value' && NO_TEXT.has(parent))
      throw this.#slow(`a value is printed in <${parent}>, which cannot hold text`);
  }

  /** A parser drops a line break that comes first in some elements, printed or not. */
  #checkFirst(at: number): void {
    const before = this.#tokens.slice(0, at).findLast(({ kind }) => kind !== 'mark');
    if (before?.kind === 'open' && NEWLINE_EATERS.has(before.name))
      throw this.#slow(`a tag stands first in <${before.name}>`);
  }

  #tag(token: MarkedToken, at: number): void {
    const { name, source, marks } = token;
    if (!isVoid(name)) this.#open.push({ name, region: `element ${at}`, token });
    if (marks.length === 0) return;
    const { words } = this.#page;
    if (words.in(source.replace(/=\s*(?:"[^"]*"|'[^']*')/g, '')).length > 0)
      throw this.#slow(`a tag stands in <${words.hidden(name)}> outside of a quoted attribute value`);
    if (name === 'link' || name === 'style') throw this.#slow(`a tag stands in <${name}>`);
    for (const attribute of attributesOf({ kind: 'open', name, source })) {
      this.#regionOf(words.in(attribute.value), `${at} ${attribute.name}`);
    }
  }

  #end({ name, marks }: MarkedToken): void {
    if (marks.length > 0) throw this.#slow(`a tag stands in </${this.#page.words.hidden(name)}>`);
    const top = this.#open.pop();
    if (top?.name === name) return;
    const found = top ? `<${top.name}> is not closed before it` : 'there is nothing to close';
    throw this.#slow(`the HTML has to be fixed by its reader at </${name}>: ${found}`);
  }

  #inside({ kind, name, source, marks }: MarkedToken, at: number): void {
    if (FOREIGN.has(name) || name === 'style' || kind === 'doctype')
      throw this.#slow(`a tag stands in <${name || '!doctype'}>`);
    if (kind === 'comment' && mayEnd(source, this.#page)) throw this.#slow(ENDED_COMMENT);
    if (kind === 'raw') this.#raw(name, source);
    this.#regionOf(marks, `${at}`);
  }

  #regionOf(marks: readonly number[], region: string): void {
    for (const index of marks) this.#regions[index] = `inside ${region}`;
  }

  /** All marks of a block are children of one element, or inside of one value. */
  #checkPairs(): void {
    for (const { mark, index, opened } of laterMarks(this.#page.marks)) {
      const [first = '', region = ''] = [this.#regions[opened], this.#regions[index]];
      const apart = mark.branches ? first !== region : first.startsWith('in') || region.startsWith('in');
      if (apart && first !== region) throw new SlowPath(unbalanced(mark), this.#page.places.of(mark.node));
    }
  }

  #raw(name: string, source: string): void {
    const { pattern } = this.#page.words;
    if (new RegExp(String.raw`<[a-z/!?-]*${pattern}`, 'i').test(source))
      throw this.#slow(`a tag follows a "<" in <${name}>`);
    if (NEWLINE_EATERS.has(name) && new RegExp(`^${pattern}`).test(source))
      throw this.#slow(`a tag stands first in <${name}>`);
  }

  #slow(reason: string, token = this.#current): SlowPath {
    return new SlowPath(reason, tokenPlace(token, this.#tokens, this.#page));
  }
}

/** Text that ends in the start of a character reference, or of a tag, may be completed by what is printed. */
function checkReferences(text: string, { words, marks, places }: FlatPage): void {
  for (const [start, reason] of UNFINISHED) {
    const [, index] = new RegExp(`${start}${words.pattern}`, 'i').exec(text) ?? [];
    if (index !== undefined) throw new SlowPath(reason, places.of(marks[Number(index)]?.node));
  }
}

const UNFINISHED = [
  ['&[#a-z0-9]*?', 'a tag follows an "&" that no ";" ends'],
  ['<[/!?-]*', 'a tag follows a "<"'],
] as const;

export const ENDED_COMMENT = 'a tag stands in a comment it may end';

/** Whether what is printed may end a comment together with what stands around it. */
export function mayEnd(source: string, { words }: FlatPage): boolean {
  const parts = source.replace(/^<!--|-->$/g, '').split(new RegExp(words.pattern.replace('(', '(?:')));
  const ends = parts.some(
    (part, index) => (index > 0 && /^[->]/.test(part)) || (index < parts.length - 1 && part.endsWith('-')),
  );
  return ends || !source.startsWith('<!--');
}

function calledHelper({ node }: Mark): string | undefined {
  if (!isNode(node['path']) || node['path']['original'] !== STRICT_HELPERS.shown) return undefined;
  const [call] = listOf(node['params']);
  const path = isNode(call) ? call['path'] : undefined;
  return isNode(path) ? String(path['original']) : undefined;
}

/** What is wrong with a block that is not the same to its surroundings however it is printed. */
export function unbalanced(mark: Mark): string {
  return `${blockName(mark)} opens elements it does not close`;
}

function blockName({ node }: Mark): string {
  const path = node['path'] ?? node['name'];
  const name = isNode(path) ? String(path['original']) : '';
  return node.type === 'BlockStatement' ? `{{#${name}}}` : `{{> ${name}}}`;
}
