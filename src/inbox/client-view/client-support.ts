import type { ProgramSupport } from '../../check/clients/client-support.js';
import type { Feature } from '../../check/clients/feature.js';
import { FEATURES } from '../../check/clients/features.js';
import type { MailClient } from '../../check/clients/mail-client.js';
import type { MarkupFact } from '../../check/clients/markup-use.js';
import { verdictsOn } from '../../check/clients/verdict.js';

/** Whether a client drops an unsupported thing alone, or together with the block around it. */
export type DropScope = 'alone' | 'with-block' | undefined;

/** Matches notes of values that make a client drop the whole `style` attribute or style sheet. */
const WITH_BLOCK = /whole attribute is stripped|remove all inline styles/;

/** Decides which parts of a mail a client drops, by the most important of its programs. */
export class ClientSupport {
  readonly client: MailClient;

  constructor(client: MailClient) {
    this.client = client;
  }

  dropped(fact: MarkupFact): DropScope {
    // Each declaration is judged alone, without its fallbacks.
    const alone = fact.kind === 'property' ? { ...fact, fallbacks: [] } : fact;
    const missing = FEATURES.filter(({ isIn }) => isIn(alone)).flatMap((feature) =>
      this.#missing(feature, alone),
    );
    if (missing.length === 0) return undefined;
    const costsBlock = missing.some(({ notes }) => notes.some((note) => WITH_BLOCK.test(note)));
    return costsBlock ? 'with-block' : 'alone';
  }

  #missing(feature: Feature, fact: MarkupFact): readonly ProgramSupport[] {
    const verdict = verdictsOn(feature, fact, this.client).find(({ level }) => level !== 'unknown');
    return verdict?.level === 'no' ? [verdict] : [];
  }
}
