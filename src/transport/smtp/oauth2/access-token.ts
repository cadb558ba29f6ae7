/** A token to log in with (RFC 6749 §1.4). */
export interface AccessToken {
  readonly value: string;
  /** Milliseconds since 1970; `undefined` if the issuer did not tell: the token is used until a server refuses it. */
  readonly expiresAt: number | undefined;
}

/** Gets a token. Rejects with a `MailError`, or with any error once `signal` is aborted. */
export type FetchToken = (signal: AbortSignal) => Promise<AccessToken>;
