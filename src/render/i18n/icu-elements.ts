import type { MessageFormatElement, PluralElement, SelectElement } from '@formatjs/icu-messageformat-parser';
import type { IcuEngine } from './icu-engine.js';

type Parser = IcuEngine['parser'];

/** Every element of a message, those of all cases included. */
export function elementsOf(
  ast: readonly MessageFormatElement[],
  parser: Parser,
): readonly MessageFormatElement[] {
  return ast.flatMap((element) => [
    element,
    ...casesOf(element, parser).flatMap((inner) => elementsOf(inner, parser)),
  ]);
}

/**
 * The same message, whose cases have their own names only: the formatter looks one up by a value of the
 * context, which may be `constructor`.
 */
export function withOwnCasesOnly(
  ast: readonly MessageFormatElement[],
  parser: Parser,
): MessageFormatElement[] {
  return ast.map((element) => {
    if (!hasCases(element, parser)) return element;
    const cases = Object.entries(element.options).map(
      ([name, { value }]) => [name, { value: withOwnCasesOnly(value, parser) }] as const,
    );
    const options = Object.fromEntries(cases);
    Object.setPrototypeOf(options, null);
    return { ...element, options };
  });
}

function casesOf(
  element: MessageFormatElement,
  parser: Parser,
): ReadonlyArray<readonly MessageFormatElement[]> {
  return hasCases(element, parser) ? Object.values(element.options).map(({ value }) => value) : [];
}

function hasCases(element: MessageFormatElement, parser: Parser): element is SelectElement | PluralElement {
  return parser.isSelectElement(element) || parser.isPluralElement(element);
}
