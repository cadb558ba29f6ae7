import { isWhole } from '../css/css-engine.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlattenedTemplate, Placeholder } from './flattened-template.js';
import { attributesOf, isVoid } from './html-tokens.js';
import { blockDepths, laterPlaceholders, tokenPlace, withComments, type PageToken } from './page-tokens.js';
import { STRICT_HELPERS } from '../engine/strict-node.js';

/** Elements that cannot hold text: a parser moves it elsewhere, or ends them. */
const NO_TEXT = new Set('html head table thead tbody tfoot tr colgroup select optgroup frameset'.split(' '));
/** Elements whose content is parsed by rules of its own. */
const FOREIGN = new Set('svg math template noscript iframe noembed noframes xmp'.split(' '));
const NEWLINE_EATERS = new Set(['pre', 'textarea', 'listing']);

interface OpenTag {
  readonly name: string;
  readonly region: string;
  readonly token: PageToken;
}

/** @throws {SlowPath} where a helper that may print HTML prints between tags */
export function checkHelpersInText(
  tokens: readonly PageToken[],
  page: FlattenedTemplate,
  markupHelpers: ReadonlySet<string>,
): void {
  const printed = tokens.filter(({ kind }) => kind === 'placeholder').flatMap((token) => token.placeholders);
  for (const placeholder of printed.map((index) => page.placeholders[index]))
    checkHelper(placeholder, markupHelpers);
}

/** @throws {SlowPath} when the placeholder stands for a helper that may print HTML */
export function checkHelper(placeholder: Placeholder | undefined, markupHelpers: ReadonlySet<string>): void {
  const name = placeholder && calledHelper(placeholder);
  if (name === undefined || !markupHelpers.has(name)) return;
  const reason = `the helper "${name}" may print HTML; if it never does, declare it with textHelper`;
  throw new SlowPath(reason, placeholder?.node.place);
}

/** Proves that an HTML parser sees the same elements around the placeholders, whatever is printed for them. */
export class PlaceholderPositions {
  readonly #tokens: readonly PageToken[];
  readonly #page: FlattenedTemplate;
  readonly #whole: boolean;
  readonly #depths: readonly number[];
  readonly #open: OpenTag[] = [];
  /** For each placeholder the element whose child it is, or the token and attribute that contain it. */
  readonly #regions: string[] = [];
  #current: PageToken | undefined;

  constructor(tokens: readonly PageToken[], page: FlattenedTemplate) {
    this.#tokens = tokens;
    this.#page = page;
    this.#whole = isWhole(withComments(tokens.filter(({ kind }) => kind !== 'comment')));
    this.#depths = blockDepths(tokens, page);
  }

  /** @throws {SlowPath} where that may not be so */
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

  #token(token: PageToken, at: number): void {
    if (token.kind === 'placeholder') this.#between(token, at);
    else if (token.kind === 'open') this.#tag(token, at);
    else if (token.kind === 'close') this.#end(token);
    else if (token.placeholders.length > 0) this.#inside(token, at);
    if (/^(?:html|head|body)$/.test(token.name) && (this.#depths[at] ?? 0) > 0)
      throw this.#slow(`<${token.name}> stands inside a block`);
  }

  #between({ placeholders }: PageToken, at: number): void {
    const parent = this.#open.at(-1);
    for (const index of placeholders) {
      this.#regions[index] = parent?.region ?? 'page';
      const placeholder = this.#page.placeholders[index];
      this.#checkFirst(at);
      if (placeholder && (placeholder.branches || placeholder.role === 'value'))
        this.#printed(placeholder, parent?.name ?? '');
    }
  }

  #printed(placeholder: Placeholder, parent: string): void {
    const around = this.#open.map(({ name }) => name);
    const foreign = around.find((name) => FOREIGN.has(name));
    if (foreign) throw this.#slow(`a tag stands inside <${foreign}>`);
    if (this.#whole && !around.includes('head') && !around.includes('body'))
      throw this.#slow('a tag stands outside of <head> and <body>');
    if (placeholder.role === 'value' && NO_TEXT.has(parent))
      throw this.#slow(`a value is printed in <${parent}>, which cannot hold text`);
  }

  /** Refuses a placeholder that comes first in an element where a parser drops a leading line break. */
  #checkFirst(at: number): void {
    const before = this.#tokens.slice(0, at).findLast(({ kind }) => kind !== 'placeholder');
    if (before?.kind === 'open' && NEWLINE_EATERS.has(before.name))
      throw this.#slow(`a tag stands first in <${before.name}>`);
  }

  #tag(token: PageToken, at: number): void {
    const { name, source, placeholders } = token;
    if (!isVoid(name)) this.#open.push({ name, region: `element ${at}`, token });
    if (placeholders.length === 0) return;
    const { placeholderTokens } = this.#page;
    if (placeholderTokens.indexesIn(source.replace(/=\s*(?:"[^"]*"|'[^']*')/g, '')).length > 0)
      throw this.#slow(
        `a tag stands in <${placeholderTokens.readable(name)}> outside of a quoted attribute value`,
      );
    if (name === 'link' || name === 'style') throw this.#slow(`a tag stands in <${name}>`);
    for (const attribute of attributesOf({ kind: 'open', name, source })) {
      this.#regionOf(placeholderTokens.indexesIn(attribute.value), `${at} ${attribute.name}`);
    }
  }

  #end({ name, placeholders }: PageToken): void {
    if (placeholders.length > 0)
      throw this.#slow(`a tag stands in </${this.#page.placeholderTokens.readable(name)}>`);
    const top = this.#open.pop();
    if (top?.name === name) return;
    const found = top ? `<${top.name}> is not closed before it` : 'there is nothing to close';
    throw this.#slow(`the HTML has to be fixed by its reader at </${name}>: ${found}`);
  }

  #inside({ kind, name, source, placeholders }: PageToken, at: number): void {
    if (FOREIGN.has(name) || name === 'style' || kind === 'doctype')
      throw this.#slow(`a tag stands in <${name || '!doctype'}>`);
    if (kind === 'comment' && mayEnd(source, this.#page)) throw this.#slow(ENDED_COMMENT);
    if (kind === 'raw') this.#raw(name, source);
    this.#regionOf(placeholders, `${at}`);
  }

  #regionOf(placeholders: readonly number[], region: string): void {
    for (const index of placeholders) this.#regions[index] = `inside ${region}`;
  }

  /** Checks that all placeholders of a node are children of one element, or inside one value. */
  #checkPairs(): void {
    for (const { placeholder, index, opened } of laterPlaceholders(this.#page.placeholders)) {
      const [first = '', region = ''] = [this.#regions[opened], this.#regions[index]];
      const apart = placeholder.branches
        ? first !== region
        : first.startsWith('in') || region.startsWith('in');
      if (apart && first !== region) throw new SlowPath(unbalanced(placeholder), placeholder.node.place);
    }
  }

  #raw(name: string, source: string): void {
    const { pattern } = this.#page.placeholderTokens;
    if (new RegExp(String.raw`<[a-z/!?-]*${pattern}`, 'i').test(source))
      throw this.#slow(`a tag follows a "<" in <${name}>`);
    if (NEWLINE_EATERS.has(name) && new RegExp(`^${pattern}`).test(source))
      throw this.#slow(`a tag stands first in <${name}>`);
  }

  #slow(reason: string, token = this.#current): SlowPath {
    return new SlowPath(reason, tokenPlace(token, this.#tokens, this.#page));
  }
}

/** Refuses text that ends like the start of a character reference or a tag, because a value might complete it. */
function checkReferences(text: string, { placeholderTokens, placeholders }: FlattenedTemplate): void {
  for (const [start, reason] of UNFINISHED) {
    const [, index] = new RegExp(`${start}${placeholderTokens.pattern}`, 'i').exec(text) ?? [];
    if (index !== undefined) throw new SlowPath(reason, placeholders[Number(index)]?.node.place);
  }
}

const UNFINISHED = [
  ['&[#a-z0-9]*?', 'a tag follows an "&" that no ";" ends'],
  ['<[/!?-]*', 'a tag follows a "<"'],
] as const;

export const ENDED_COMMENT = 'a tag stands in a comment it may end';

/** Whether printed text may end a comment, together with the text around it. */
export function mayEnd(source: string, { placeholderTokens }: FlattenedTemplate): boolean {
  const parts = source
    .replace(/^<!--|-->$/g, '')
    .split(new RegExp(placeholderTokens.pattern.replace('(', '(?:')));
  const ends = parts.some(
    (part, index) => (index > 0 && /^[->]/.test(part)) || (index < parts.length - 1 && part.endsWith('-')),
  );
  return ends || !source.startsWith('<!--');
}

function calledHelper({ node }: Placeholder): string | undefined {
  if (node.type !== 'MustacheStatement' || node.path.original !== STRICT_HELPERS.shown) return undefined;
  const [call] = node.params;
  return call?.type === 'SubExpression' ? call.path.original : undefined;
}

/** The reason to refuse a block that leaves its surroundings different from one way of printing it to another. */
export function unbalanced(placeholder: Placeholder): string {
  return `${blockName(placeholder)} opens elements it does not close`;
}

function blockName({ node }: Placeholder): string {
  if (node.type === 'BlockStatement') return `{{#${node.path.original}}}`;
  const isNamed = 'name' in node && node.name.type === 'PathExpression';
  return `{{> ${isNamed ? node.name.original : ''}}}`;
}
