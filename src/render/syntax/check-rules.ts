import { didYouMean } from '../../errors/closest.js';

/** The rules of `mailroom check`, beside faults. A template turns a rule off by its name in `check: { off: […] }`. */
export const CHECK_RULES = [
  'no-sample',
  'img-alt',
  'html-lang',
  'unquoted-attribute',
  'javascript-url',
  'http-link',
  'mixed-script',
  'href-without-url-helper',
  'triple-stash',
  'too-large',
  'large-styles',
  'client-support',
  'no-text',
  'no-preheader',
  'unused-layout',
  'unused-partial',
  'absent-partial',
  'missing-translation',
  'empty-translation',
  'quoted-argument',
  'missing-plural',
] as const;

export type CheckRule = (typeof CHECK_RULES)[number];

export function isCheckRule(name: unknown): name is CheckRule {
  return CHECK_RULES.some((rule) => rule === name);
}

/** Reads the `check` of a front matter: the rules it turns off, and the mistakes in it. */
export function silencedRules(check: unknown): {
  readonly rules: readonly CheckRule[];
  readonly wrong: readonly string[];
} {
  const off: unknown = isRecord(check) ? check['off'] : undefined;
  if (!isRecord(check) || !Array.isArray(off))
    return { rules: [], wrong: ['check must be { off: [rule, …] }'] };
  const names: readonly unknown[] = off;
  const keys = Object.keys(check).filter((key) => key !== 'off');
  const unknown = names.filter((name) => !isCheckRule(name)).map(String);
  return {
    rules: names.filter(isCheckRule),
    wrong: [
      ...keys.map((key) => `unknown key "${key}" in check${didYouMean(key, ['off'])}`),
      ...unknown.map((name) => `unknown rule "${name}" in check${didYouMean(name, CHECK_RULES)}`),
    ],
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
