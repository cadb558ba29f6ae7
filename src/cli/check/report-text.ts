import type { CheckedStyles, CheckedTemplate, CheckReport, Finding } from '../../check/check-report.js';
import type { TemplateFix } from '../../check/fix-templates.js';
import { FAST, type SlowReason } from '../../render/faults/fast-path.js';
import { showLocation } from '../../render/faults/source-location.js';

/** A report for people: findings with their places, then templates with their paths, then the totals. */
export function reportText({ templates, findings, errors, warnings }: CheckReport): string {
  const parts = [findings.map(findingText).join('\n'), templates.map(templateText).join('\n')];
  const sum = `${count(templates.length, 'template')}, ${count(errors, 'error')}, ${count(warnings, 'warning')}`;
  return `${[...parts.filter(Boolean), sum].join('\n\n')}\n`;
}

/** The rewritten tags, with their places in the files before the fix. */
export function fixesText(fixes: readonly TemplateFix[]): string {
  const lines = fixes.map(
    ({ file, line, column, was, is }) => `${file}:${line}:${column}  fixed  ${was} is ${is} now\n`,
  );
  return lines.length > 0 ? `${lines.join('')}\n` : '';
}

function findingText({ rule, severity, file, line, column, message, fix, ...of }: Finding): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(':');
  const template = of.template === undefined ? '' : ` (${nameOf(of.template, of.locale)})`;
  return `${place}  ${severity}  ${rule}${template}\n    ${message}. ${fix}`;
}

function templateText({ template, locale, rendered, bytes, styles, ...paths }: CheckedTemplate): string {
  const size = bytes === undefined ? '' : `, ${(bytes / 1024).toFixed(1)} KB`;
  const state = rendered ? `rendered${size}` : 'not rendered';
  return `${nameOf(template, locale)}: ${state}${pathText(paths)}${stylesText(styles)}`;
}

function stylesText({ bytes, dropped }: CheckedStyles = { bytes: 0, dropped: 0 }): string {
  const kept = `${(bytes / 1024).toFixed(1)} KB of style sheets stay`;
  return dropped > 0 ? `; ${count(dropped, 'linked selector')} match nothing and are left out, ${kept}` : '';
}

function pathText({ fastPath, textPath = FAST }: Pick<CheckedTemplate, 'fastPath' | 'textPath'>): string {
  if (!fastPath) return '';
  if (!fastPath.ok) return `; no fast path, its styles are inlined for each mail: ${reasonText(fastPath)}`;
  if (!textPath.ok) return `; fast path but for its text, made from each mail: ${reasonText(textPath)}`;
  return '; fast path';
}

function reasonText({ reason, place }: SlowReason): string {
  return place ? `${reason} (${showLocation(place)})` : reason;
}

function nameOf(template: string, locale: string | undefined): string {
  return locale === undefined ? template : `${template} [${locale}]`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
