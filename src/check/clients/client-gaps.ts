import { LineStarts } from '../../render/faults/source-location.js';
import { STYLES_SIZE, stylesSize } from '../body-lint.js';
import type { Feature } from './feature.js';
import { FEATURES } from './features.js';
import { isMadeForByKit, kitUses } from './kit-uses.js';
import { type ProgramSupport, supportOf } from './client-support.js';
import { MAIL_CLIENTS, type MailClient } from './mail-client.js';
import { isInSheet, type MarkupUse } from './markup-use.js';
import { verdictsOn } from './verdict.js';

/** A feature of a mail that a client does not show. */
export interface ClientGap {
  readonly client: MailClient;
  readonly feature: string;
  /** `partial`: missing in some of the client's programs, or in part. */
  readonly support: 'no' | 'partial';
  /** The programs in which it is missing, and what to do about it. */
  readonly reason: string;
  /** `line 12`, with the number of further uses. */
  readonly where: string;
}

export interface UsedGap extends ClientGap {
  readonly uses: readonly MarkupUse[];
  /** The mail looks broken, or lacks something, in that client. */
  readonly breaks: boolean;
  readonly advice: string;
}

/**
 * Lists the features of a mail's html that the big mail clients do not show, by tests that others published:
 * nothing is rendered and no client is asked. Gaps that the component kit accepts on purpose are left out.
 * @param features the features to look for
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

/** Verdicts of the programs that were tested and that read the part of the mail where the use stands. */
function readVerdicts(feature: Feature, use: MarkupUse, client: MailClient): readonly ProgramSupport[] {
  const sheets = supportOf('html-style', client);
  const isRead = (index: number): boolean => !isInSheet(use) || sheets[index]?.level !== 'no';
  return verdictsOn(feature, use, client).filter(({ level }, index) => level !== 'unknown' && isRead(index));
}

function isMissing({ level }: ProgramSupport): boolean {
  return level === 'no' || level === 'partial';
}

/** Says what is missing in which programs (naming none if it is missing in all), then what to do. */
function reasonOf({ advice }: Feature, verdicts: readonly ProgramSupport[]): string {
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

function statements({ notes }: ProgramSupport): readonly string[] {
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
      // `mailroom check` reports large styles by a rule of its own.
      breaks: false,
      advice,
    },
  ];
}
