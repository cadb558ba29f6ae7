import { STYLES_SIZE, stylesSize } from '../../check/body-lint.js';
import { CSS_FEATURES, type Feature } from './css-features.js';
import { HTML_FEATURES } from './html-features.js';
import { isMadeForByKit, kitUses } from './kit-uses.js';
import { type Gap, MAIL_CLIENTS, type MailClient, no } from './mail-client.js';
import type { MarkupUse } from './markup-use.js';

/** What a client does not show of a mail. */
export interface ClientGap extends Gap {
  readonly client: MailClient;
  readonly feature: string;
  /** `line 12`, and how often when it is more than once. */
  readonly where: string;
}

const FEATURES: readonly Feature[] = [...HTML_FEATURES, ...CSS_FEATURES];

/**
 * What the big mail clients do not show of a mail's html, as far as it is known here: nothing is
 * rendered, and nobody is asked. What the component kit does with open eyes is not told of.
 */
export function clientGaps(uses: readonly MarkupUse[], html: string): readonly ClientGap[] {
  const ofKit = kitUses(uses);
  const gaps = FEATURES.flatMap((feature) => {
    const isTold = (use: MarkupUse): boolean => !(ofKit.has(use) && isMadeForByKit(feature.name));
    return gapsOf(
      feature,
      uses.filter((use) => feature.isIn(use) && isTold(use)),
      html,
    );
  });
  return [...gaps, ...largeStyles(html)];
}

function gapsOf({ name, gaps }: Feature, uses: readonly MarkupUse[], html: string): readonly ClientGap[] {
  return MAIL_CLIENTS.flatMap((client) => {
    const gap = gaps[client];
    const seen = uses.filter((use) => client !== 'Outlook (Windows)' || !use.hiddenFromOutlook);
    if (!gap || seen.length === 0) return [];
    return [{ client, feature: name, ...gap, where: whereOf(seen, html) }];
  });
}

function whereOf([first, ...others]: readonly MarkupUse[], html: string): string {
  const line = `line ${lineAt(html, first?.offset ?? 0)}`;
  return others.length > 0 ? `${line} and ${others.length} more` : line;
}

/** 1-based. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function largeStyles(html: string): readonly ClientGap[] {
  const size = stylesSize(html);
  if (size <= STYLES_SIZE) return [];
  const gap = no(
    `Style sheets over ${STYLES_SIZE / 1024} KB are left out, and this mail has ${Math.ceil(size / 1024)} KB`,
  );
  return [
    { client: 'Gmail', feature: '<style>', ...gap, where: `line ${lineAt(html, html.search(/<style\b/i))}` },
  ];
}
