import type { FastPath } from '../render/faults/fast-path.js';
import type { CheckRule } from '../render/syntax/check-rules.js';

export type Severity = 'error' | 'warning';

/** Rules that no template can silence: a template does not compile, or its own sample does not render. */
export type FaultRule = 'template-fault' | 'sample-fails';

/** One fault that `mailroom check` found. */
export interface Finding {
  readonly rule: CheckRule | FaultRule;
  readonly severity: Severity;
  /** Absent for a file that belongs to no template, such as an unused layout. */
  readonly template?: string | undefined;
  /** Absent for the base variant. */
  readonly locale?: string | undefined;
  /** Relative to the project. */
  readonly file: string;
  /** 1-based; absent when the finding is about the whole file. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  readonly message: string;
  readonly fix: string;
}

/** The styles of a rendered sample. */
export interface CheckedStyles {
  /** Bytes of the style sheets that are left in the html. */
  readonly bytes: number;
  /** Selectors of linked style sheets that were left out because nothing in the template has their classes and ids. */
  readonly dropped: number;
}

/** One language of a template. */
export interface CheckedTemplate {
  readonly template: string;
  /** Absent for the base variant. */
  readonly locale?: string | undefined;
  readonly rendered: boolean;
  /** Bytes of the html; absent when it was not rendered or there is none. */
  readonly bytes?: number | undefined;
  /** Absent when the sample was not rendered or its html has no style sheets. */
  readonly styles?: CheckedStyles | undefined;
  /** Whether its styles are inlined at compile time, and if not, why; absent without html. */
  readonly fastPath?: FastPath | undefined;
  /** The same for the text part; absent if none is derived from the html. */
  readonly textPath?: FastPath | undefined;
}

/** The report of `mailroom check`; `--json` prints it as it is. */
export interface CheckReport {
  readonly templates: readonly CheckedTemplate[];
  readonly findings: readonly Finding[];
  readonly errors: number;
  readonly warnings: number;
}

/** Sorts the findings by place. A finding that several templates share counts once. */
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
