/** Which claims this spool holds, and so may settle: the number of the claim by the number of the mail. */
export class HeldClaims {
  readonly #claims: Map<number, number>;

  constructor(held: Iterable<readonly [seq: number, claim: number]> = []) {
    this.#claims = new Map(held);
  }

  keep(seq: number, claim: number): void {
    this.#claims.set(seq, claim);
  }

  claimOf(seq: number): number | undefined {
    return this.#claims.get(seq);
  }

  entries(): ReadonlyArray<readonly [seq: number, claim: number]> {
    return [...this.#claims];
  }

  drop(seq: number): void {
    this.#claims.delete(seq);
  }
}
