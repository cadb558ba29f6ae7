/**
 * What has become of each recipient of a mail, one letter each in the order of its envelope: `a` accepted,
 * `r` refused for good, `-` open.
 */
const ACCEPTED = 'a';
const REFUSED = 'r';
const OPEN = '-';

interface Decided {
  readonly accepted: readonly string[];
  /** For good. */
  readonly refused: readonly string[];
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

/**
 * Who was neither accepted nor refused for good.
 * @throws {Error} for letters that are not those of a mail to these that is still to be sent: nobody can say who got it
 */
export function remainingOf(to: readonly string[], outcomes: string | undefined): readonly string[] {
  if (outcomes === undefined) return to;
  if (outcomes.length !== to.length || /[^ar-]/.test(outcomes)) {
    throw new RangeError('what became of its recipients cannot be read');
  }
  const open = to.filter((_, index) => outcomes[index] === OPEN);
  if (open.length > 0) return open;
  throw new RangeError('its recipients are all noted as done, and it waits');
}

/** Gives those who were refused another chance, as an SQL expression over the column `outcomes`. */
export const REOPENED = `replace(outcomes, '${REFUSED}', '${OPEN}')`;
