/** A style sheet, parted into what can stand in `style` attributes and what cannot. */
export interface StyleRules {
  readonly inlinable: string;
  /** At-rules and rules for states such as `:hover`, in their order. */
  readonly kept: string;
}

/** Pseudo-classes that say where an element stands, not what happens to it: an inliner can decide them. */
const STRUCTURAL = new Set(
  (
    'root empty first-child last-child only-child nth-child nth-last-child first-of-type last-of-type ' +
    'only-of-type nth-of-type nth-last-of-type not is where'
  ).split(' '),
);

/** Parts a style sheet. Unfinished rules are kept as they stand. */
export function partStyleRules(css: string): StyleRules {
  const inlinable: string[] = [];
  const kept: string[] = [];
  for (const { prelude, body } of rulesOf(css)) {
    if (prelude.startsWith('@')) {
      kept.push(prelude + body);
      continue;
    }
    const [stateful, plain] = partition(splitSelectors(prelude), isStateful);
    if (plain.length > 0) inlinable.push(plain.join(', ') + body);
    if (stateful.length > 0) kept.push(stateful.join(', ') + body);
  }
  return { inlinable: inlinable.join('\n'), kept: kept.join('\n') };
}

/** The selectors of a style sheet that has no at-rules. */
export function selectorsOf(css: string): readonly string[] {
  return rulesOf(css).flatMap(({ prelude }) => splitSelectors(prelude));
}

interface Rule {
  readonly prelude: string;
  /** `{ … }`, or `;` of an at-rule without a block. */
  readonly body: string;
}

/** Comments (and the marks that hide a sheet from old browsers), strings, and the characters that structure a sheet. */
const TOKEN =
  /\/\*[^]*?(?:\*\/|$)|<!--|-->|"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|[{};]|(?:\\[^]|[^"'{};/<\-\\])+|[^]/g;

function rulesOf(css: string): readonly Rule[] {
  const rules: Rule[] = [];
  let prelude = '';
  let body = '';
  let depth = 0;
  for (const [token] of css.matchAll(TOKEN)) {
    if (token.startsWith('/*') || token === '<!--' || token === '-->') continue;
    if (token === '{') depth += 1;
    if (depth > 0 || token === ';') body += token;
    else prelude += token;
    if (token === '}') depth = Math.max(depth - 1, 0);
    const ends = depth === 0 && (token === '}' || (token === ';' && prelude.trimStart().startsWith('@')));
    if (!ends) continue;
    if (prelude.trim()) rules.push({ prelude: prelude.trim(), body });
    prelude = '';
    body = '';
  }
  return rules;
}

function splitSelectors(prelude: string): readonly string[] {
  const selectors: string[] = [];
  let depth = 0;
  let current = '';
  for (const [token] of prelude.matchAll(/"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|\\[^]|[^]/g)) {
    if (token === '(' || token === '[') depth += 1;
    if (token === ')' || token === ']') depth -= 1;
    if (token === ',' && depth === 0) {
      selectors.push(current.trim());
      current = '';
    } else current += token;
  }
  return [...selectors, current.trim()].filter((selector) => selector !== '');
}

function isStateful(selector: string): boolean {
  const bare = selector.replace(/\[[^\]]*\]|\\[^]/g, '');
  return [...bare.matchAll(/(::?)([\w-]+)/g)].some(
    ([, colons, name = '']) => colons === '::' || !STRUCTURAL.has(name.toLowerCase()),
  );
}

function partition<T>(values: readonly T[], test: (value: T) => boolean): [readonly T[], readonly T[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}
