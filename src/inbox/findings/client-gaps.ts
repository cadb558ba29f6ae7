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

/** Characters of style sheets that Gmail reads; those that go over it are left out. */
const GMAIL_STYLES = 16 * 1024;

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
  const sheets = sheetsIn(html);
  const size = sheets.reduce((sum, { length }) => sum + length, 0);
  if (size <= GMAIL_STYLES) return [];
  const gap = no(
    `Style sheets over ${GMAIL_STYLES / 1024} KB are left out, and this mail has ${Math.ceil(size / 1024)} KB`,
  );
  return [{ client: 'Gmail', feature: '<style>', ...gap, where: lineOf(lines, sheets[0]?.offset) }];
}

interface Sheet {
  readonly offset: number;
  readonly length: number;
}

function sheetsIn(html: string): readonly Sheet[] {
  const sheets: Sheet[] = [];
  const start = /<style\b[^<>]*>/gi;
  const end = /<\/style\s*>/gi;
  for (let found = start.exec(html); found; found = start.exec(html)) {
    end.lastIndex = start.lastIndex;
    const closing = end.exec(html);
    // Without an end this one has none, and none that follows.
    if (!closing) break;
    sheets.push({ offset: found.index, length: closing.index - start.lastIndex });
    start.lastIndex = end.lastIndex;
  }
  return sheets;
}
