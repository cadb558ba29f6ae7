import { clientGaps } from './client-gaps.js';
import { FEATURES } from './features.js';
import { isInSheet } from './markup-use.js';
import type { MailClient } from './mail-client.js';
import { markupUses } from './markup-uses.js';

/** A feature without which a mail looks broken in some clients. */
export interface BrokenFeature {
  readonly feature: string;
  readonly clients: readonly MailClient[];
  readonly advice: string;
  /** The first start tag that uses it; undefined in a style sheet. */
  readonly tag: string | undefined;
}

const BREAKING = FEATURES.filter(({ breaks }) => breaks === true);

/** Features of html that some clients show in none of their programs and that a reader would miss. */
export function brokenFeatures(html: string): readonly BrokenFeature[] {
  const gaps = clientGaps(markupUses(html), html, BREAKING).filter(({ breaks }) => breaks);
  const features = [...new Set(gaps.map(({ feature }) => feature))];
  return features.map((feature) => {
    const same = gaps.filter((gap) => gap.feature === feature);
    const [first] = same;
    const use = first?.uses[0];
    const tag = use && !isInSheet(use) ? tagAt(html, use.offset) : undefined;
    return { feature, clients: same.map(({ client }) => client), advice: first?.advice ?? '', tag };
  });
}

function tagAt(html: string, offset: number): string | undefined {
  const tag = /<(?:"[^"]*"|'[^']*'|[^>"'])*>/y;
  tag.lastIndex = offset;
  return tag.exec(html)?.[0];
}
