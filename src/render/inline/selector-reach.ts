import { SlowPath } from '../faults/fast-path.js';
import type { FlatPage } from './flat-page.js';
import { attributesOf } from './html-tokens.js';
import { tokenPlace, type MarkedToken } from './marked-html.js';
import type { Selector } from '../css/selector.js';

/** Says to the inliner itself what to leave alone. */
const DIRECTIVE = 'data-css-inline';

/**
 * Proves that which rules apply does not depend on what the marks print.
 * @throws {SlowPath} where it may
 */
export function checkSelectors(
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
