import { STYLES_SIZE, stylesSize } from '../../check/body-lint.js';
import type { LineStarts } from '../../render/line-starts.js';
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
export function clientGaps(
  uses: readonly MarkupUse[],
  html: string,
  lines: LineStarts,
): readonly ClientGap[] {
  const ofKit = kitUses(uses);
  const gaps = FEATURES.flatMap((feature) => {
    const isTold = (use: MarkupUse): boolean => !(ofKit.has(use) && isMadeForByKit(feature.name));
    return gapsOf(
      feature,
      uses.filter((use) => feature.isIn(use) && isTold(use)),
      lines,
    );
  });
  return [...gaps, ...largeStyles(html, lines)];
}

function gapsOf(
  { name, gaps }: Feature,
  uses: readonly MarkupUse[],
  lines: LineStarts,
): readonly ClientGap[] {
  return MAIL_CLIENTS.flatMap((client) => {
    const gap = gaps[client];
    const seen = uses.filter((use) => client !== 'Outlook (Windows)' || !use.hiddenFromOutlook);
    if (!gap || seen.length === 0) return [];
    return [{ client, feature: name, ...gap, where: whereOf(seen, lines) }];
  });
}

function whereOf([first, ...others]: readonly MarkupUse[], lines: LineStarts): string {
  const line = lineOf(lines, first?.offset);
  return others.length > 0 ? `${line} and ${others.length} more` : line;
}

const lineOf = (lines: LineStarts, offset = 0): string => `line ${lines.at(offset).line + 1}`;

function largeStyles(html: string, lines: LineStarts): readonly ClientGap[] {
  const size = stylesSize(html);
  if (size <= STYLES_SIZE) return [];
  const gap = no(
    `Style sheets over ${STYLES_SIZE / 1024} KB are left out, and this mail has ${Math.ceil(size / 1024)} KB`,
  );
  const where = lineOf(lines, html.search(/<style\b/i));
  return [{ client: 'Gmail', feature: '<style>', ...gap, where }];
}
