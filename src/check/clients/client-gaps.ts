import { LineStarts } from '../../render/faults/source-location.js';
import { STYLES_SIZE, stylesSize } from '../body-lint.js';
import type { Feature } from './feature.js';
import { FEATURES } from './features.js';
import { isMadeForByKit, kitUses } from './kit-uses.js';
import { supportOf } from './client-support.js';
import { MAIL_CLIENTS, type MailClient } from './mail-client.js';
import { isInSheet, type MarkupUse } from './markup-use.js';
import { type Verdict, verdictsOn } from './verdict.js';

/** What a client does not show of a mail. */
export interface ClientGap {
  readonly client: MailClient;
  readonly feature: string;
  /** `partial`: in some of its programs, or not all of it. */
  readonly support: 'no' | 'partial';
  /** In which programs it is missing, and what to do about it. */
  readonly reason: string;
  /** `line 12`, and how often when it is more than once. */
  readonly where: string;
}

/** A gap with the uses that make it. */
export interface UsedGap extends ClientGap {
  readonly uses: readonly MarkupUse[];
  /** The mail looks broken, or lacks something, there. */
  readonly breaks: boolean;
  readonly advice: string;
}

/**
 * What the big mail clients do not show of a mail's html, as far as it was tested: nothing is
 * rendered, and nobody is asked. What the component kit does with open eyes is not told of.
 * @param features those that are looked for
 */
export function clientGaps(
  uses: readonly MarkupUse[],
  html: string,
  features: readonly Feature[] = FEATURES,
): readonly UsedGap[] {
  const ofKit = kitUses(uses);
  const lines = new LineStarts(html);
  const gaps = features.flatMap((feature) => {
    const isTold = (use: MarkupUse): boolean => !(ofKit.has(use) && isMadeForByKit(feature.slug));
    const told = uses.filter((use) => feature.isIn(use) && isTold(use));
    return told.length === 0 ? [] : MAIL_CLIENTS.flatMap((client) => gapOf(feature, client, told, lines));
  });
  return [...gaps, ...largeStyles(uses, html, lines)];
}

function gapOf(
  feature: Feature,
  client: MailClient,
  uses: readonly MarkupUse[],
  lines: LineStarts,
): readonly UsedGap[] {
  const judged = uses
    .filter((use) => client !== 'Outlook (Windows)' || !use.hiddenFromOutlook)
    .map((use) => ({ use, verdicts: readVerdicts(feature, use, client) }));
  const missing = judged.filter(({ verdicts }) => verdicts.some(isMissing));
  const [first] = missing;
  if (!first) return [];
  const isNowhere = missing.some(({ verdicts }) => verdicts.every(({ level }) => level === 'no'));
  return [
    {
      client,
      feature: feature.name,
      support: isNowhere ? 'no' : 'partial',
      reason: reasonOf(
        feature,
        missing.flatMap(({ verdicts }) => verdicts),
      ),
      where: whereOf(first.use, missing.length - 1, lines),
      uses: missing.map(({ use }) => use),
      breaks: isNowhere && feature.breaks === true,
      advice: feature.advice,
    },
  ];
}

/** Of the programs that look at all at where it stands, and were tested. */
function readVerdicts(feature: Feature, use: MarkupUse, client: MailClient): readonly Verdict[] {
  const sheets = supportOf('html-style', client);
  const isRead = (index: number): boolean => !isInSheet(use) || sheets[index]?.level !== 'no';
  return verdictsOn(feature, use, client).filter(({ level }, index) => level !== 'unknown' && isRead(index));
}

function isMissing({ level }: Verdict): boolean {
  return level === 'no' || level === 'partial';
}

/** What is wrong in which programs, none of them named where it is wrong in all, then what to do. */
function reasonOf({ advice }: Feature, verdicts: readonly Verdict[]): string {
  const programs = new Set(verdicts.map(({ program }) => program));
  const wrong = new Map<string, Set<string>>();
  for (const verdict of verdicts.filter(isMissing)) {
    for (const text of statements(verdict)) {
      wrong.set(text, (wrong.get(text) ?? new Set()).add(verdict.program));
    }
  }
  const said = [...wrong].flatMap(([text, by]) => {
    if (by.size < programs.size) return [`${[...by].join(', ')}: ${text}`];
    return text === NOT_SHOWN ? [] : [text];
  });
  return [...said, advice].join('. ');
}

const NOT_SHOWN = 'not shown';

function statements({ notes }: Verdict): readonly string[] {
  return notes.length > 0 ? notes : [NOT_SHOWN];
}

function whereOf(first: MarkupUse, others: number, lines: LineStarts): string {
  const line = `line ${lines.at(first.offset).line + 1}`;
  return others > 0 ? `${line} and ${others} more` : line;
}

function largeStyles(uses: readonly MarkupUse[], html: string, lines: LineStarts): readonly UsedGap[] {
  const size = stylesSize(html);
  if (size <= STYLES_SIZE) return [];
  const sheets = uses.filter((use) => use.kind === 'tag' && use.tag === 'style');
  const advice = `Style sheets over ${STYLES_SIZE / 1024} KB are left out, and this mail has ${Math.ceil(size / 1024)} KB`;
  return [
    {
      client: 'Gmail',
      feature: '<style>',
      support: 'no',
      reason: advice,
      where: `line ${lines.at(sheets[0]?.offset ?? 0).line + 1}`,
      uses: sheets,
      // `mailroom check` has a rule of its own for it.
      breaks: false,
      advice,
    },
  ];
}
