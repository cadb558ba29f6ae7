import type { Declaration } from './declarations.js';

/**
 * What the declarations of rules come to for one element. What one rule says twice about a property stays: it
 * is for programs that know only the first.
 * @param rules their declarations, the weightier rules later
 * @param own the element's own, which come behind these and win
 */
export function elementStyle(
  rules: readonly (readonly Declaration[])[],
  own: readonly Declaration[] = [],
): string {
  let style: readonly Declaration[] = [];
  for (const declarations of rules) {
    const counting = declarations.filter((declaration) => !isBeaten(declaration, style, declarations));
    style = [...left(style, counting), ...counting];
  }
  return left(style, own, true).map(written).join('');
}

/** Whether an important declaration of another rule keeps one from counting. */
function isBeaten(
  { property, important }: Declaration,
  style: readonly Declaration[],
  declarations: readonly Declaration[],
): boolean {
  const isImportant =
    important || declarations.some((other) => other.important && other.property === property);
  return !isImportant && style.some((other) => other.important && other.property === property);
}

/** What stays of a style under declarations that count for more. */
function left(
  style: readonly Declaration[],
  declarations: readonly Declaration[],
  keepsImportant = false,
): readonly Declaration[] {
  return style.filter(({ property, important, uncertain }) => {
    const later = declarations.find((other) => other.property === property);
    if (!later || (keepsImportant && important)) return true;
    // A program that does not know the later value takes this one.
    return later.uncertain && !uncertain;
  });
}

function written({ name, value, important }: Declaration): string {
  return `${name}: ${value}${important ? ' !important' : ''};`;
}
