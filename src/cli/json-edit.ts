import { isCollection, isMap, isNode, isPair, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';

type Container = YAMLMap | YAMLSeq;

/** Formatting of a file. */
interface Style {
  /** One level of indentation. */
  readonly step: string;
  readonly newline: string;
}

/**
 * Adds elements to the list at a path, which is created if absent; the rest of the text keeps its format.
 * @param text a JSON object
 * @param list names of the fields that lead to the list
 * @returns undefined when another value stands in the way
 */
export function withElements(
  text: string,
  list: readonly string[],
  elements: readonly unknown[],
): string | undefined {
  const { node, rest } = deepest(parseDocument(text).contents, list);
  if (!isCollection(node) || isSeq(node) !== (rest.length === 0)) return undefined;
  return inserted(text, node, (indent) =>
    rest.length > 0 ? property(rest, elements, indent, styleOf(text)) : elements.map(inline).join(', '),
  );
}

/** The innermost value that exists on the path, and the names missing below it. */
function deepest(root: unknown, path: readonly string[]): { node: unknown; rest: readonly string[] } {
  let node: unknown = root;
  let rest = path;
  for (const name of path) {
    const next: unknown = isMap(node) ? node.get(name, true) : undefined;
    if (next === undefined) break;
    [node, rest] = [next, rest.slice(1)];
  }
  return { node, rest };
}

/** Uses YAML's parser, which reads JSON and gives the range of each value. */
function inserted(text: string, container: Container, written: (indent: string) => string): string {
  const [start = 0, end = 0] = container.range ?? [];
  const last: unknown = container.items.at(-1);
  const outer = indentAt(text, start);
  if (last === undefined) {
    const { step, newline } = styleOf(text);
    const filled = `${newline}${outer}${step}${written(outer + step)}${newline}${outer}`;
    return text.slice(0, start + 1) + filled + text.slice(end - 1);
  }
  const [first, after] = extent(last);
  const [, own] = /\n([ \t]*)$/.exec(text.slice(0, first)) ?? [];
  const gap = own === undefined ? ', ' : `,${styleOf(text).newline}${own}`;
  return text.slice(0, after) + gap + written(own ?? outer) + text.slice(after);
}

/** The range of an element, or of a field with its name. */
function extent(item: unknown): readonly [start: number, end: number] {
  const [from, to]: readonly unknown[] = isPair(item) ? [item.key, item.value] : [item, item];
  const [start = 0] = rangeOf(from);
  const [, end = start] = rangeOf(to);
  return [start, end];
}

function rangeOf(node: unknown): readonly number[] {
  return (isNode(node) ? node.range : undefined) ?? [];
}

function indentAt(text: string, offset: number): string {
  return /(?:^|\n)([ \t]*)[^\n]*$/.exec(text.slice(0, offset))?.[1] ?? '';
}

function styleOf(text: string): Style {
  return {
    step: /\n([ \t]+)/.exec(text)?.[1] ?? '  ',
    newline: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

function property(
  [name = '', ...rest]: readonly string[],
  elements: readonly unknown[],
  indent: string,
  style: Style,
): string {
  const key = `${JSON.stringify(name)}: `;
  if (rest.length === 0) return `${key}${inline(elements)}`;
  const inner = indent + style.step;
  const nested = property(rest, elements, inner, style);
  return `${key}{${style.newline}${inner}${nested}${style.newline}${indent}}`;
}

/** Writes a value on one line, as formatters write a list that fits. */
function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${inline(field)}`);
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{}';
}
