export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Language the user wants to be written to in. */
  readonly locale?: string | undefined;
}
