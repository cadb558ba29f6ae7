import type { Remark } from './rules.js';

/** Bytes of html beyond which Gmail clips a mail. */
export const CLIPPING_SIZE = 102 * 1024;

/** Bytes of style sheets, all together, beyond which Gmail ignores them. */
export const STYLES_SIZE = 16 * 1024;

const STYLE = /<style\b[^>]*>([^]*?)<\/style\s*>/gi;

/** Bytes of all style sheets in html. */
export function stylesSize(html: string): number {
  return [...html.matchAll(STYLE)].reduce((sum, [, css = '']) => sum + Buffer.byteLength(css), 0);
}

/** Finds faults in the bodies of a mail as a whole. */
export function lintBodies({
  html,
  text,
}: {
  readonly html?: string | undefined;
  readonly text?: string | undefined;
}): readonly Remark[] {
  if (html === undefined) return [];
  const remarks: Remark[] = [];
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
