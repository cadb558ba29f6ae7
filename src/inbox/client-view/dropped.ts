import type { Feature } from '../../check/clients/feature.js';
import { FEATURES } from '../../check/clients/features.js';
import type { MailClient } from '../../check/clients/mail-client.js';
import type { MarkupFact } from '../../check/clients/markup-use.js';
import { type Verdict, verdictsOn } from '../../check/clients/verdict.js';

/** What a client takes away with a thing that it does not show: only that, or all that stands beside it. */
export type Dropped = 'alone' | 'with-block' | undefined;

/** Notes that say that one value costs the whole `style` attribute, or style sheet, it stands in. */
const WITH_BLOCK = /whole attribute is stripped|remove all inline styles/;

/** Tells what of a mail a client takes away, by the most important of its programs. */
export class DroppedBy {
  readonly client: MailClient;

  constructor(client: MailClient) {
    this.client = client;
  }

  of(fact: MarkupFact): Dropped {
    // What stands before a value in its block is judged by itself.
    const alone = fact.kind === 'property' ? { ...fact, fallbacks: [] } : fact;
    const missing = FEATURES.filter(({ isIn }) => isIn(alone)).flatMap((feature) =>
      this.#missing(feature, alone),
    );
    if (missing.length === 0) return undefined;
    const costsBlock = missing.some(({ notes }) => notes.some((note) => WITH_BLOCK.test(note)));
    return costsBlock ? 'with-block' : 'alone';
  }

  #missing(feature: Feature, fact: MarkupFact): readonly Verdict[] {
    const verdict = verdictsOn(feature, fact, this.client).find(({ level }) => level !== 'unknown');
    return verdict?.level === 'no' ? [verdict] : [];
  }
}
