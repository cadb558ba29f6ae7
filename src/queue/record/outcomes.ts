import type { RenderedMessage } from '../../message/message.js';
import type { AttemptRecord } from '../mail-queue.js';

/**
 * The outcome of each recipient of a mail, one letter each in the order of its envelope: `a` accepted,
 * `r` refused for good, `-` open.
 */
const ACCEPTED = 'a';
const REFUSED = 'r';
const OPEN = '-';

/** The recipients that an attempt decided. */
export interface Decided {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
}

export function decidedBy({ accepted, rejected }: AttemptRecord): Decided {
  const refused = rejected.filter(({ retryable }) => !retryable).map(({ address }) => address);
  return { accepted, refused };
}

/** Merges later outcomes into earlier ones. A recipient that accepted stays accepted. */
export function outcomesAfter(
  earlier: string | undefined,
  to: readonly string[],
  { accepted, refused }: Decided,
): string {
  const [yes, no] = [new Set(accepted), new Set(refused)];
  return to
    .map((address, index) => {
      const before = earlier?.[index] ?? OPEN;
      if (before === ACCEPTED || yes.has(address)) return ACCEPTED;
      return no.has(address) ? REFUSED : before;
    })
    .join('');
}

/** The outcomes of several attempts; undefined without one. */
export function outcomesOf(to: readonly string[], attempts: readonly Decided[]): string | undefined {
  return attempts.reduce<string | undefined>(
    (earlier, attempt) => outcomesAfter(earlier, to, attempt),
    undefined,
  );
}

/**
 * Envelope recipients that were neither accepted nor refused for good.
 * @param retriedFrom number of attempts before the last retry: their refusals do not count any more
 */
export function remainingOf(
  { envelope: { to } }: RenderedMessage,
  attempts: readonly AttemptRecord[],
  retriedFrom: number,
): readonly string[] {
  const decided = attempts.map((attempt, index) =>
    index < retriedFrom ? { accepted: attempt.accepted, refused: [] } : decidedBy(attempt),
  );
  return openIn(to, outcomesOf(to, decided));
}

/**
 * Returns the transport of the last attempt with an unknown outcome for somebody, see `Claim.pinnedTo`.
 * @param attempts those since the last retry
 */
export function pinOf(attempts: readonly AttemptRecord[]): string | undefined {
  return attempts.findLast(isUnknown)?.transport;
}

const isUnknown = ({ error, rejected }: AttemptRecord): boolean =>
  error?.outcome === 'unknown' || rejected.some(({ outcome }) => outcome === 'unknown');

/**
 * Returns the recipients that are still open.
 * @throws {Error} for letters that cannot be those of a waiting mail to these recipients: nobody can say who got it
 */
export function storedRemaining(to: readonly string[], outcomes: string | undefined): readonly string[] {
  if (outcomes !== undefined && (outcomes.length !== to.length || /[^ar-]/.test(outcomes))) {
    throw new RangeError('what became of its recipients cannot be read');
  }
  const open = openIn(to, outcomes);
  if (open.length > 0) return open;
  throw new RangeError('its recipients are all noted as done, and it waits');
}

function openIn(to: readonly string[], outcomes: string | undefined): readonly string[] {
  return outcomes === undefined ? to : to.filter((_, index) => outcomes[index] === OPEN);
}

/** Gives refused recipients another chance, as an SQL expression over the column `outcomes`. */
export const REOPENED = `replace(outcomes, '${REFUSED}', '${OPEN}')`;
