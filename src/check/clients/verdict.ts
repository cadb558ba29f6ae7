import { type ProgramSupport, supportOf } from './client-support.js';
import type { Feature } from './feature.js';
import type { MailClient } from './mail-client.js';
import type { MarkupFact } from './markup-use.js';

/** The support of each program of a client for one use of a feature, the most important program first. */
export function verdictsOn(feature: Feature, use: MarkupFact, client: MailClient): readonly ProgramSupport[] {
  return supportOf(feature.slug, client).map((support) => {
    const verdict = judge(feature, use, support);
    const isGap = verdict.level === 'partial' || verdict.level === 'no';
    return isGap && standsBehind(feature, use, support) ? supported(support) : verdict;
  });
}

function supported(support: ProgramSupport): ProgramSupport {
  return { ...support, level: 'yes', notes: [] };
}

/** A note that excludes a part decides for that part and for the rest; without one, the level decides. */
function judge({ limits = [] }: Feature, use: MarkupFact, support: ProgramSupport): ProgramSupport {
  const { notes } = support;
  const known = limits.filter(({ note }) => notes.some((text) => note.test(text)));
  if (known.length === 0) return support;
  const hit = known.filter(({ isIn }) => isIn(use));
  if (hit.length === 0) return { ...support, level: 'yes', notes: [] };
  return { ...support, level: 'no', notes: notes.filter((text) => hit.some(({ note }) => note.test(text))) };
}

/** Whether an earlier value in the same block is shown instead. */
function standsBehind(feature: Feature, use: MarkupFact, support: ProgramSupport): boolean {
  if (use.kind !== 'property' || feature.hasFallback !== true) return false;
  return use.fallbacks.some((value) => {
    const other = { ...use, value };
    return !feature.isIn(other) || judge(feature, other, support).level === 'yes';
  });
}
