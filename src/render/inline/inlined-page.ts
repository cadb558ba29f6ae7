import type { CssInliner, InlinedPage, StyledPage } from '../css/css-inliner.js';
import type { Selector } from '../css/selector.js';
import { bringsStyles, type FindSheet } from '../css/style-tags.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlatPage } from './flat-page.js';
import { attributesOf } from './html-tokens.js';
import { checkHelpersInText, checkMarkPlaces } from './mark-places.js';
import {
  blockDepths,
  checkCharacters,
  markedTokens,
  refuse,
  shapeOf,
  sourceTokens,
  tokenPlace,
  withComments,
  withTableBodies,
  type MarkedToken,
  type Shape,
} from './marked-html.js';
import type { Place } from '../faults/source-place.js';

export interface InlinedPageOptions {
  readonly inliner: CssInliner;
  /** The local style sheet behind a link's `href`, if there is one. */
  readonly sheet: FindSheet;
  /** The application's helpers that may print HTML. */
  readonly markupHelpers: ReadonlySet<string>;
}

/**
 * The html of a page with its styles inlined, and with its marks.
 * @throws {SlowPath} when what an inliner does to a rendered mail may differ from what it does here
 */
export function inlinedPage(
  page: FlatPage,
  { inliner, sheet, markupHelpers }: InlinedPageOptions,
): InlinedPage {
  const source = sourceTokens(page);
  checkSource(source, page);
  checkHelpersInText(source, page, markupHelpers);
  if (!bringsStyles(page.html)) return { html: page.html, dropped: 0 };
  const parted = inliner.part(page.html, sheet);
  if (parted.selectors.length === 0) return inliner.finish(inliner.apply(parted.rest, parted), parted);
  const tokens = withTableBodies(markedTokens(parted.rest, page.words));
  checkMarkPlaces(tokens, page);
  checkSelectors(parted.selectors, tokens, page);
  const styled = behindDoctype(withComments(tokens), page, (html) => inliner.apply(html, parted));
  checkSame(tokens, markedTokens(styled.html, page.words), page);
  return inliner.finish(styled, parted);
}

function checkSource(tokens: readonly MarkedToken[], page: FlatPage): void {
  checkStyles(tokens, page);
  const indented = page.marks.some(({ node }) => typeof node['indent'] === 'string' && node['indent'] !== '');
  if (indented)
    refuse(
      /<(?:pre|textarea|listing)\b/i,
      'a partial that is indented comes with text whose spaces count',
      page,
    );
  checkCharacters(page);
}

/** What the styles are has to be known before any value is. */
function checkStyles(tokens: readonly MarkedToken[], page: FlatPage): void {
  const depths = blockDepths(tokens, page);
  for (const [at, token] of tokens.entries()) {
    const { kind, name, source, marks } = token;
    if (name !== 'style' && (name !== 'link' || kind !== 'open')) continue;
    const slow = (reason: string): SlowPath => new SlowPath(reason, tokenPlace(token, tokens, page));
    if (marks.length > 0) throw slow(`a tag stands in <${name}>`);
    if (name === 'link' && !/\bstylesheet\b/i.test(source)) continue;
    if ((depths[at] ?? 0) > 0) throw slow(`<${name}> stands inside a block`);
  }
}

/** A doctype counts only when it comes first, so marks of partials around it wait behind it. */
function behindDoctype(html: string, { words }: FlatPage, change: (html: string) => StyledPage): StyledPage {
  const marks = String.raw`((?:\s|<!--${words.pattern.replace('(', '(?:')}-->)*)`;
  const doctype = '(<!doctype[^>]*>)';
  const moved = html.replace(new RegExp(`^${marks}${doctype}`, 'i'), '$2$1');
  const changed = change(moved);
  if (moved === html) return changed;
  return { ...changed, html: changed.html.replace(new RegExp(`^${doctype}${marks}`, 'i'), '$2$1') };
}

const OPTIONAL = new Set(['html', 'head', 'body']);

/** A page a parser fixes is fixed otherwise when other things are printed in it. */
function checkSame(tokens: readonly MarkedToken[], inlined: readonly MarkedToken[], page: FlatPage): void {
  const [before, after] = [shapeOf(tokens), shapeOf(inlined)];
  const written = new Set(before.map(({ words }) => words.split(' ', 2).join(' ')));
  const implied = ({ token: { kind, name } }: Shape): boolean =>
    OPTIONAL.has(name) && !written.has(`${kind} ${name}`);
  const kept = after.filter((shape) => !implied(shape));
  for (let index = 0; index < Math.max(before.length, kept.length); index++) {
    const [own, other] = [before[index], kept[index]];
    const place = (): Place | undefined => tokenPlace(own?.token, tokens, page);
    if (!own || !other || own.words !== other.words) {
      throw new SlowPath(`the HTML has to be fixed by its reader at ${excerpt(own ?? other, page)}`, place());
    }
    if (styleWithTag(own, page) !== styleWithTag(other, page))
      throw new SlowPath('rules apply to an element whose style attribute holds a tag', place());
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

/** Says to the inliner itself what to leave alone. */
const DIRECTIVE = 'data-css-inline';

/**
 * Proves that which rules apply does not depend on what the marks print.
 * @throws {SlowPath} where it may
 */
function checkSelectors(
  selectors: readonly Selector[],
  tokens: readonly MarkedToken[],
  page: FlatPage,
): void {
  const between = tokens
    .filter(({ kind }) => kind === 'mark')
    .flatMap(({ marks }) => marks.map((index) => page.marks[index]));
  const branching = between.some((mark) => mark?.branches);
  const printing = branching || between.some((mark) => mark?.role === 'value');
  const deciding = between.find((mark) => mark && (mark.branches || (!branching && mark.role === 'value')));
  const named = markedAttributes(tokens, page);
  for (const { text, asksPlace, asksEmpty, attributes } of selectors) {
    if ((branching && asksPlace) || (printing && asksEmpty))
      throw new SlowPath(
        `the selector "${text}" asks what stands beside or inside, which tags decide`,
        page.places.of(deciding?.node),
      );
    const attribute = attributes.find((name) => named.has(name));
    if (attribute)
      throw new SlowPath(
        `the selector "${text}" asks for the attribute ${attribute}, which holds a tag`,
        tokenPlace(named.get(attribute), tokens, page),
      );
  }
  if (named.has(DIRECTIVE))
    throw new SlowPath(
      `the attribute ${DIRECTIVE} holds a tag`,
      tokenPlace(named.get(DIRECTIVE), tokens, page),
    );
}

/** The attributes that hold a mark, with a tag that has them. */
function markedAttributes(
  tokens: readonly MarkedToken[],
  { words }: FlatPage,
): ReadonlyMap<string, MarkedToken> {
  const tags = tokens.filter(({ kind, marks }) => kind === 'open' && marks.length > 0);
  const named = tags.flatMap((token) =>
    attributesOf({ ...token, kind: 'open' })
      .filter(({ value }) => words.isIn(value))
      .map(({ name }): [string, MarkedToken] => [name, token]),
  );
  return new Map(named.toReversed());
}
