import { supportOf } from './client-support.js';
import type { Feature } from './feature.js';
import type { MailClient } from './mail-client.js';
import type { MarkupFact } from './markup-use.js';

/** What one program of a client does with one use of a feature. */
export interface Verdict {
  readonly program: string;
  readonly level: 'yes' | 'partial' | 'no' | 'unknown';
  /** Why it is not `yes`, where the data says so. */
  readonly notes: readonly string[];
}

/** Judges a use of a feature by each program of a client, the most important program first. */
export function verdictsOn(feature: Feature, use: MarkupFact, client: MailClient): readonly Verdict[] {
  return supportOf(feature.slug, client).map(({ program, level: all, notes: told }): Verdict => {
    const { level, notes } = judge(feature, use, all, told);
    const isGap = level === 'partial' || level === 'no';
    return isGap && standsBehind(feature, use, all, told)
      ? { program, level: 'yes', notes: [] }
      : { program, level, notes };
  });
}

type Judged = Omit<Verdict, 'program'>;

/** Notes that leave out a part decide about it, and about all the rest; else the level does. */
function judge(
  { limits = [] }: Feature,
  use: MarkupFact,
  level: Verdict['level'],
  notes: readonly string[],
): Judged {
  const known = limits.filter(({ note }) => notes.some((text) => note.test(text)));
  const hit = known.filter(({ isIn }) => isIn(use));
  if (hit.length > 0)
    return { level: 'no', notes: notes.filter((text) => hit.some(({ note }) => note.test(text))) };
  return known.length > 0 ? { level: 'yes', notes: [] } : { level, notes };
}

/** Whether a value that stands before it in its block is shown instead. */
function standsBehind(
  feature: Feature,
  use: MarkupFact,
  level: Verdict['level'],
  notes: readonly string[],
): boolean {
  if (use.kind !== 'property' || feature.hasFallback !== true) return false;
  return use.fallbacks.some((value) => {
    const other = { ...use, value };
    return !feature.isIn(other) || judge(feature, other, level, notes).level === 'yes';
  });
}
