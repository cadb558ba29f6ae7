import { appliedSelectors, styleRules } from '../../src/render/css/style-rules.js';

const STYLE = /<style\b[^>]*>([^]*?)<\/style>/g;

/** The selectors in a page's style sheets that the inliner has found no element for. */
export function idleSelectors(html: string): readonly string[] {
  return [...html.matchAll(STYLE)].flatMap(([, css = '']) =>
    styleRules(css).flatMap((rule) => appliedSelectors(rule).map(({ text }) => text)),
  );
}

/** A page without them: a mail's branches decide whether such a rule has an element in it. */
export function withoutIdleRules(html: string): string {
  return html.replaceAll(STYLE, (tag, css: string) => {
    const kept = styleRules(css).flatMap((rule) => {
      if (rule.kind === 'at-rule') return [rule.text];
      const idle = new Set(appliedSelectors(rule));
      const selectors = rule.selectors.filter((selector) => !idle.has(selector)).map(({ text }) => text);
      return selectors.length > 0 ? [selectors.join(', ') + rule.body] : [];
    });
    return kept.length > 0 ? tag.replace(css, () => kept.join('\n')) : '';
  });
}
