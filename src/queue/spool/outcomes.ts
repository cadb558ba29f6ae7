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

/** Later outcomes upon earlier ones. Who was accepted stays so. */
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

/** Who was neither accepted nor refused for good. */
export function remainingOf(to: readonly string[], outcomes: string | undefined): readonly string[] {
  return to.filter((_, index) => (outcomes?.[index] ?? OPEN) === OPEN);
}

/** Gives those who were refused another chance, as an SQL expression over the column `outcomes`. */
export const REOPENED = `replace(outcomes, '${REFUSED}', '${OPEN}')`;
