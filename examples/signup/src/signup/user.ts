export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** The user's preferred language. */
  readonly locale?: string | undefined;
}
