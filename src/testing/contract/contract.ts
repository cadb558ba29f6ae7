/** One promise of a contract, for any test runner: `for (const { title, run } of …) test(title, run)`. */
export interface ContractCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

/** The promises of a contract by what they say. */
export type Checks<S> = ReadonlyArray<readonly [title: string, check: (subject: S) => Promise<void>]>;

/** How a contract gets at what it is about, anew for each of its cases. */
export interface Harness<S> {
  readonly setUp: () => Promise<S>;
  readonly tearDown: (subject: S) => Promise<unknown>;
}

export function contractCases<S>(
  name: string,
  checks: Checks<S>,
  { setUp, tearDown }: Harness<S>,
): readonly ContractCase[] {
  return checks.map(([title, check]) => ({
    title: `${name}: ${title}`,
    async run() {
      const subject = await setUp();
      try {
        await check(subject);
      } finally {
        await tearDown(subject);
      }
    },
  }));
}
