import type { CheckRule } from '../render/syntax/check-rules.js';

/** Gmail cuts off the html that is longer, in bytes. */
export const CLIPPING_SIZE = 102 * 1024;

/** Gmail passes over style sheets that have more in all, in bytes. */
export const STYLES_SIZE = 16 * 1024;

const STYLE = /<style\b[^>]*>([^]*?)<\/style\s*>/gi;

/** How large the style sheets in html are together, in bytes. */
export function stylesSize(html: string): number {
  return [...html.matchAll(STYLE)].reduce((sum, [, css = '']) => sum + Buffer.byteLength(css), 0);
}

/** What a rule has found about a mail as a whole. */
export interface BodyRemark {
  readonly rule: CheckRule;
  readonly message: string;
}

/** Finds what is wrong with the bodies of a mail as a whole. */
export function lintBodies({
  html,
  text,
}: {
  readonly html?: string | undefined;
  readonly text?: string | undefined;
}): readonly BodyRemark[] {
  if (html === undefined) return [];
  const remarks: BodyRemark[] = [];
  const size = Buffer.byteLength(html);
  if (size > CLIPPING_SIZE) {
    remarks.push({ rule: 'too-large', message: `the html has ${Math.ceil(size / 1024)} KB` });
  }
  const styles = stylesSize(html);
  if (styles > STYLES_SIZE) {
    remarks.push({ rule: 'large-styles', message: `its style sheets have ${Math.ceil(styles / 1024)} KB` });
  }
  if (!text?.trim()) {
    remarks.push({ rule: 'no-text', message: 'the html holds no text to make a text part of' });
  }
  return remarks;
}
