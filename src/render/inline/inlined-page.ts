import type { CssInliner, InlinedPage } from '../css/css-inliner.js';
import type { StyledPage } from '../css/element-styles.js';
import type { Selector } from '../css/selector.js';
import { bringsStyles, type FindSheet } from '../css/style-tags.js';
import { indentOf } from '../engine/strict-node.js';
import { SlowPath } from '../faults/fast-path.js';
import type { FlattenedTemplate } from './flattened-template.js';
import { attributesOf } from './html-tokens.js';
import { checkHelpersInText, PlaceholderPositions } from './placeholder-positions.js';
import {
  blockDepths,
  checkCharacters,
  pageTokens,
  refuse,
  shapeOf,
  sourceTokens,
  tokenPlace,
  withComments,
  withTableBodies,
  type PageToken,
  type Shape,
} from './page-tokens.js';
import type { SourceLocation } from '../faults/source-location.js';

export interface InlinedPageOptions {
  readonly inliner: CssInliner;
  /** The local style sheet behind a link's `href`, if there is one. */
  readonly sheet: FindSheet;
  /** Names of the application's helpers that may print HTML. */
  readonly markupHelpers: ReadonlySet<string>;
}

/**
 * Inlines the styles of a page and keeps its placeholders.
 * @throws {SlowPath} when inlining each rendered mail might give another result
 */
export function inlinedPage(
  page: FlattenedTemplate,
  { inliner, sheet, markupHelpers }: InlinedPageOptions,
): InlinedPage {
  const source = sourceTokens(page);
  checkSource(source, page);
  checkHelpersInText(source, page, markupHelpers);
  if (!bringsStyles(page.html)) return { html: page.html, dropped: 0 };
  const extracted = inliner.extract(page.html, sheet);
  if (extracted.selectors.length === 0)
    return inliner.finish(inliner.apply(extracted.rest, extracted), extracted);
  const tokens = withTableBodies(pageTokens(extracted.rest, page.placeholderTokens));
  new PlaceholderPositions(tokens, page).check();
  checkSelectors(extracted.selectors, tokens, page);
  const styled = behindDoctype(withComments(tokens), page, (html) => inliner.apply(html, extracted));
  checkSame(tokens, pageTokens(styled.html, page.placeholderTokens), page);
  return inliner.finish(styled, extracted);
}

function checkSource(tokens: readonly PageToken[], page: FlattenedTemplate): void {
  checkStyles(tokens, page);
  const indented = page.placeholders.some(({ node }) => indentOf(node) !== '');
  if (indented)
    refuse(
      /<(?:pre|textarea|listing)\b/i,
      'a partial that is indented comes with text whose spaces count',
      page,
    );
  checkCharacters(page);
}

/** Refuses styles that depend on values. */
function checkStyles(tokens: readonly PageToken[], page: FlattenedTemplate): void {
  const depths = blockDepths(tokens, page);
  for (const [at, token] of tokens.entries()) {
    const { kind, name, source, placeholders } = token;
    if (name !== 'style' && (name !== 'link' || kind !== 'open')) continue;
    const slow = (reason: string): SlowPath => new SlowPath(reason, tokenPlace(token, tokens, page));
    if (placeholders.length > 0) throw slow(`a tag stands in <${name}>`);
    if (name === 'link' && !/\bstylesheet\b/i.test(source)) continue;
    if ((depths[at] ?? 0) > 0) throw slow(`<${name}> stands inside a block`);
  }
}

/** Moves placeholders before the doctype behind it during a change: a parser heeds a doctype only at the very beginning. */
function behindDoctype(
  html: string,
  { placeholderTokens }: FlattenedTemplate,
  change: (html: string) => StyledPage,
): StyledPage {
  const placeholders = String.raw`((?:\s|<!--${placeholderTokens.pattern.replace('(', '(?:')}-->)*)`;
  const doctype = '(<!doctype[^>]*>)';
  const moved = html.replace(new RegExp(`^${placeholders}${doctype}`, 'i'), '$2$1');
  const changed = change(moved);
  if (moved === html) return changed;
  return { ...changed, html: changed.html.replace(new RegExp(`^${doctype}${placeholders}`, 'i'), '$2$1') };
}

const OPTIONAL = new Set(['html', 'head', 'body']);

/** Refuses HTML that a parser fixes, because the fix would differ with the values that are printed. */
function checkSame(
  tokens: readonly PageToken[],
  inlined: readonly PageToken[],
  page: FlattenedTemplate,
): void {
  const [before, after] = [shapeOf(tokens), shapeOf(inlined)];
  const written = new Set(before.map(({ shape }) => shape.split(' ', 2).join(' ')));
  const implied = ({ token: { kind, name } }: Shape): boolean =>
    OPTIONAL.has(name) && !written.has(`${kind} ${name}`);
  const kept = after.filter((token) => !implied(token));
  for (let index = 0; index < Math.max(before.length, kept.length); index++) {
    const [own, other] = [before[index], kept[index]];
    const place = (): SourceLocation | undefined => tokenPlace(own?.token, tokens, page);
    if (!own || !other || own.shape !== other.shape) {
      throw new SlowPath(`the HTML has to be fixed by its reader at ${excerpt(own ?? other, page)}`, place());
    }
    if (styleWithTag(own, page) !== styleWithTag(other, page))
      throw new SlowPath('rules apply to an element whose style attribute holds a tag', place());
  }
}

function excerpt(shape: Shape | undefined, { placeholderTokens }: FlattenedTemplate): string {
  return shape ? placeholderTokens.readable(shape.token.source.trim()).slice(0, 40) : 'its end';
}

function styleWithTag({ token }: Shape, { placeholderTokens }: FlattenedTemplate): string {
  if (token.kind !== 'open' || token.placeholders.length === 0) return '';
  const style = attributesOf({ ...token, kind: 'open' }).find(({ name }) => name === 'style');
  return style && placeholderTokens.indexesIn(style.value).length > 0 ? style.value : '';
}

/** The attribute that tells the inliner what to leave alone. */
const DIRECTIVE = 'data-css-inline';

/** @throws {SlowPath} when values may decide which rules apply */
function checkSelectors(
  selectors: readonly Selector[],
  tokens: readonly PageToken[],
  page: FlattenedTemplate,
): void {
  const between = tokens
    .filter(({ kind }) => kind === 'placeholder')
    .flatMap(({ placeholders }) => placeholders.map((index) => page.placeholders[index]));
  const branching = between.some((placeholder) => placeholder?.branches);
  const printing = branching || between.some((placeholder) => placeholder?.role === 'value');
  const deciding = between.find(
    (placeholder) => placeholder && (placeholder.branches || (!branching && placeholder.role === 'value')),
  );
  const named = attributesWithPlaceholders(tokens, page);
  for (const { text, dependsOnSiblings, dependsOnContent, attributes } of selectors) {
    if ((branching && dependsOnSiblings) || (printing && dependsOnContent))
      throw new SlowPath(
        `the selector "${text}" asks what stands beside or inside, which tags decide`,
        deciding?.node.place,
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

/** The attributes that contain a placeholder, each with the first tag that has it. */
function attributesWithPlaceholders(
  tokens: readonly PageToken[],
  { placeholderTokens }: FlattenedTemplate,
): ReadonlyMap<string, PageToken> {
  const tags = tokens.filter(({ kind, placeholders }) => kind === 'open' && placeholders.length > 0);
  const named = tags.flatMap((token) =>
    attributesOf({ ...token, kind: 'open' })
      .filter(({ value }) => placeholderTokens.isIn(value))
      .map(({ name }): [string, PageToken] => [name, token]),
  );
  return new Map(named.toReversed());
}
