/** A value in an expression: a text, a number or a path. */
const VALUE = String.raw`("[^"]*"|'[^']*'|@?[\w.]+)`;

/** A comparison in a language that has expressions; templates have helpers for that. */
const COMPARISON = new RegExp(String.raw`${VALUE}\s*(===?|!==?|>=|<=|>|<)\s*${VALUE}`);
const LOGIC = new RegExp(String.raw`${VALUE}\s*(&&|\|\|)\s*${VALUE}`);
const NOT = new RegExp(String.raw`(?:^|[\s(])!\s*${VALUE}`);
const ARITHMETIC = new RegExp(String.raw`${VALUE}\s*([+*%]|\s[-/]\s)\s*${VALUE}`);
const CHOICE = new RegExp(String.raw`${VALUE}\s+\?\s+${VALUE}\s+:\s+${VALUE}`);
const FALLBACK = new RegExp(String.raw`${VALUE}\s*\?\?\s*${VALUE}`);
const FILTER = new RegExp(String.raw`${VALUE}\s*\|\s*(\w+)(?!.*\|)`);
const LOOP = /\b([\w.]+)\s+(?:in|of)\s+([\w.]+)/;
const ALIAS = /^#each\s+([\w.]+)\s+as\s+\|?\s*(\w+)/;
const WORDS = new RegExp(String.raw`${VALUE}\s+(eq|ne|gt|lt|and|or|is)\s+${VALUE}`);
const WORD_NOT = new RegExp(String.raw`\bnot\s+${VALUE}`);
const SINGLE_EQUALS = new RegExp(String.raw`^#(?:if|unless)\s+${VALUE}\s*=\s*${VALUE}`);

/** SendGrid's comparison blocks. */
const BLOCK_COMPARISON = new RegExp(
  String.raw`^#(equals?|notEquals|greaterThan|lessThan)\s+${VALUE}\s+${VALUE}`,
);
/** Mustache's `{{=<% %>=}}`. */
const DELIMITERS = /^=/;

type HintRule = readonly [pattern: RegExp, fix: (...groups: string[]) => string];

const HELPERS: Readonly<Record<string, string>> = {
  '&&': 'and',
  '||': 'or',
  '!=': 'ne',
  '!==': 'ne',
  '>': 'gt',
  '<': 'lt',
  is: 'eq',
  equal: 'eq',
  equals: 'eq',
  notEquals: 'ne',
  greaterThan: 'gt',
  lessThan: 'lt',
};

function called(left: string, operator: string, right: string): string {
  if (operator === '>=') return `(not (lt ${left} ${right}))`;
  if (operator === '<=') return `(not (gt ${left} ${right}))`;
  const isWord = /^\w+$/.test(operator);
  return `(${HELPERS[operator] ?? (isWord ? operator : 'eq')} ${left} ${right})`;
}

const asCall = (left = '', operator = '', right = ''): string =>
  `Templates have helpers for that: write ${called(left, operator, right)}`;

/** The first rule that matches applies. */
const RULES: readonly HintRule[] = [
  [DELIMITERS, () => 'Tags are written {{…}} throughout: there are no other delimiters'],
  [
    BLOCK_COMPARISON,
    (name = '', left = '', right = '') => `Write {{#if ${called(left, name, right)}}}…{{/if}}`,
  ],
  [/->/, () => 'Write a point between the steps of a path: {{user.name}}'],
  [/([\w.]+)\[(\d+)\]/, (path, index) => `Write ${path}.[${index}]`],
  [/([\w.]+)\[["'](\w+)["']\]/, (path, key) => `Write ${path}.${key}`],
  [/([\w.]+)\(/, (path) => `Methods are not called: put the result of ${path}() in the context`],
  [COMPARISON, asCall],
  [LOGIC, asCall],
  [SINGLE_EQUALS, (left, right) => asCall(left, '==', right)],
  [CHOICE, (asked, one, other) => `Write {{#if ${asked}}}…{{else}}…{{/if}} around ${one} and ${other}`],
  [FALLBACK, (value, other) => `Write {{default ${value} ${other}}}`],
  [
    ARITHMETIC,
    () => 'Templates do not calculate: put the result in the context. Texts are joined by {{concat a b}}',
  ],
  [NOT, (value) => `Write (not ${value}), or {{#unless ${value}}}`],
  [LOOP, (item, list) => `Write {{#each ${list} as |${item}|}}`],
  [ALIAS, (list, item) => `Write {{#each ${list} as |${item}|}}`],
  [FILTER, (value, name) => `There are no filters: write {{${name} ${value}}}, with a helper of that name`],
  [WORDS, asCall],
  [WORD_NOT, (value) => `Write (not ${value})`],
  [/^(?:else ?if|elif)\b/i, () => 'Write {{else if …}}'],
  [/,/, () => 'Separate arguments by spaces, without commas'],
];

/**
 * Suggests what to write instead of an expression of another language. Expects a tag that is known to be wrong.
 * @param tag the text between `{{` and `}}`
 */
export function expressionHint(tag = ''): string | undefined {
  const text = tag.slice(0, LONGEST_TAG).trim();
  for (const [pattern, fix] of RULES) {
    const found = pattern.exec(text);
    if (found) return fix(...found.slice(1));
  }
  return undefined;
}

/** Nobody writes a longer tag by hand. */
const LONGEST_TAG = 300;

/** The tag around a column of a line, without its braces. */
export function tagAt(line: string, column: number): string | undefined {
  const start = line.lastIndexOf('{{', Math.max(column, 0));
  if (start < 0) return undefined;
  return /^\{\{\{?~?(.*?)(?:~?\}\}|$)/s.exec(line.slice(start))?.[1];
}
