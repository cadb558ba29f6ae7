import type { FastPath } from '../render/faults/fast-path.js';
import type { CheckRule } from '../render/syntax/check-rules.js';

export type Severity = 'error' | 'warning';

/** The two that no template can silence: what cannot be compiled, and what its own sample cannot render. */
export type FaultRule = 'template-fault' | 'sample-fails';

/** One thing `mailroom check` has found. */
export interface Finding {
  readonly rule: CheckRule | FaultRule;
  readonly severity: Severity;
  /** Absent for a file that belongs to no template, such as an unused layout. */
  readonly template?: string | undefined;
  /** Absent for the base variant. */
  readonly locale?: string | undefined;
  /** Relative to the project. */
  readonly file: string;
  /** 1-based; absent when the whole file is meant. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  readonly message: string;
  /** How to fix it. */
  readonly fix: string;
}

/** The styles of a rendered sample. */
export interface CheckedStyles {
  /** Size of the style sheets that are left in the html, in bytes. */
  readonly bytes: number;
  /** How many selectors of linked style sheets were left out: nothing in the template has their classes and ids. */
  readonly dropped: number;
}

/** One language of a template. */
export interface CheckedTemplate {
  readonly template: string;
  /** Absent for the base variant. */
  readonly locale?: string | undefined;
  /** Whether its sample was rendered. */
  readonly rendered: boolean;
  /** Size of the html in bytes; absent when it was not rendered or has none. */
  readonly bytes?: number | undefined;
  /** What became of its styles; absent when it was not rendered or has none. */
  readonly styles?: CheckedStyles | undefined;
  /** Whether its styles are inlined when it is compiled, and why not; absent without html. */
  readonly fastPath?: FastPath | undefined;
  /** The same of the text that is made from its html; absent where none is. */
  readonly textPath?: FastPath | undefined;
}

/** What `mailroom check` prints, and what `--json` gives as it is. */
export interface CheckReport {
  readonly templates: readonly CheckedTemplate[];
  readonly findings: readonly Finding[];
  readonly errors: number;
  readonly warnings: number;
}

/** A report with its findings in order of their place; the same finding of several templates counts once. */
export function checkReport(
  templates: readonly CheckedTemplate[],
  findings: readonly Finding[],
): CheckReport {
  const unique = new Map(findings.toReversed().map((finding) => [identity(finding), finding]));
  const sorted = [...unique.values()].toSorted(byPlace);
  const errors = sorted.filter(({ severity }) => severity === 'error').length;
  return { templates, findings: sorted, errors, warnings: sorted.length - errors };
}

function identity({ rule, file, line, column, locale, message }: Finding): string {
  return JSON.stringify(
    line === undefined ? [rule, file, locale, message] : [rule, file, line, column, message],
  );
}

function byPlace(a: Finding, b: Finding): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return (
    (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || a.rule.localeCompare(b.rule, 'en')
  );
}
