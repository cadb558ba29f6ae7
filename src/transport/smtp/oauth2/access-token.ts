/** A token to log in with (RFC 6749 §1.4). */
export interface AccessToken {
  readonly value: string;
  /** Milliseconds since 1970; `undefined`: the issuer did not say, so it is used until a server refuses it. */
  readonly expiresAt: number | undefined;
}

/** Makes a token. Rejects with a `MailError`, or however it likes once `signal` is aborted. */
export type FetchToken = (signal: AbortSignal) => Promise<AccessToken>;
