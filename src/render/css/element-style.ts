import type { Declaration } from './declarations.js';

/** The declarations of a property, of one rule. */
type Group = readonly Declaration[];

/**
 * What the declarations of rules come to for one element.
 * @param rules their declarations, the weightier rules later
 * @param own the element's own, which come behind these and win
 */
export function elementStyle(
  rules: readonly (readonly Declaration[])[],
  own: readonly Declaration[] = [],
): string {
  const groups = new Map<string, Group>();
  for (const declarations of rules) {
    for (const [property, group] of groupsOf(declarations)) put(groups, property, group);
  }
  for (const [property, group] of groupsOf(own)) {
    const before = groups.get(property) ?? [];
    if (!isImportant(before) && !group[0]?.uncertain) groups.delete(property);
  }
  return [...groups.values()].flat().map(written).join('');
}

/** What one rule says twice about a property it says for programs that know only the first. */
function groupsOf(declarations: readonly Declaration[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  for (const declaration of declarations) {
    const { name } = declaration;
    const property = name.startsWith('--') ? name : name.toLowerCase();
    groups.set(property, [...(groups.get(property) ?? []), declaration]);
  }
  return groups;
}

/** A later value takes the place of an earlier one, unless some programs may not know it. */
function put(groups: Map<string, Group>, property: string, group: Group): void {
  const before = groups.get(property) ?? [];
  if (isImportant(before) && !isImportant(group)) return;
  groups.delete(property);
  const fallbacks = group[0]?.uncertain ? before.filter(({ uncertain }) => !uncertain) : [];
  groups.set(property, [...fallbacks, ...group]);
}

function isImportant(group: Group): boolean {
  return group.some(({ important }) => important);
}

function written({ name, value, important }: Declaration): string {
  return `${name}: ${value}${important ? ' !important' : ''};`;
}
