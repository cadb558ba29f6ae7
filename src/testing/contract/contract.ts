/** One case of a contract, for any test runner: `for (const { title, run } of …) test(title, run)`. */
export interface ContractCase {
  readonly title: string;
  readonly run: () => Promise<void>;
}

export type Checks<S> = ReadonlyArray<readonly [title: string, check: (subject: S) => Promise<void>]>;

/** Sets up and removes the subject of a contract for each of its cases. */
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
