import type { TokenGrant } from './oauth2/token-grant.js';

export const TLS_MODES = ['required', 'opportunistic', 'implicit', 'off'] as const;

/**
 * - `required`: STARTTLS (RFC 3207) or the mail is not sent. The default; on port 465 it is implicit.
 * - `opportunistic`: STARTTLS if the server offers it, else plain text. The default for a literal loopback host (127/8, ::1,
 *   localhost). Because plain text is accepted, the certificate is verified only against a given `ca`.
 * - `implicit`: TLS from the first byte (RFC 8314); default on port 465.
 * - `off`: plain text.
 */
export type TlsMode = (typeof TLS_MODES)[number];

export interface TlsOptions {
  readonly mode?: TlsMode | undefined;
  /** One or several authorities in PEM, trusted instead of the system's. */
  readonly ca?: string | Buffer | ReadonlyArray<string | Buffer> | undefined;
  /** Name in the certificate. @default `host` */
  readonly servername?: string | undefined;
}

/** Signs every mail (RFC 6376). */
export interface DkimOptions {
  readonly domainName: string;
  readonly keySelector: string;
  /** PEM, unencrypted: RSA of at least 1024 bits (`rsa-sha256`), or Ed25519 (`ed25519-sha256`, RFC 8463). */
  readonly privateKey: string;
}

/** The result of an `accessToken` callback. */
export interface OAuth2Token {
  readonly token: string;
  /** A date, or milliseconds since 1970. Without it, the token is used until the server refuses it. */
  readonly expiresAt?: Date | number | undefined;
}

/**
 * Gets a token from its issuer. `signal` aborts after `connectTimeout`, and when the transport closes; the module does
 * not wait for a callback that goes on.
 */
export type AccessTokenCallback = (signal: AbortSignal) => Promise<OAuth2Token>;

/**
 * Login by access token (SASL XOAUTH2). Give exactly one way to a token: `accessToken`; `refreshToken`; `clientId` and
 * `clientSecret` (client credentials, RFC 6749 §4.4); or `serviceClient` and `privateKey` (a Google service account,
 * RFC 7523). All connections share one token. It is renewed five minutes before it ends, or a tenth of its lifetime
 * before if that is shorter, and once when the server refuses it.
 */
export interface OAuth2Options {
  /** The mailbox to log in as. @default `username` */
  readonly user?: string | undefined;
  /** A callback, or a token that is never renewed. */
  readonly accessToken?: string | AccessTokenCallback | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  /** If the token endpoint returns another refresh token, this process uses that from then on. */
  readonly refreshToken?: string | undefined;
  /** Id or domain of the organisation in Microsoft Entra; instead of `tokenUrl`. */
  readonly tenant?: string | undefined;
  /** Token endpoint. @default that of `tenant`, or else Google's; none for client credentials */
  readonly tokenUrl?: string | undefined;
  /** The older name of `tokenUrl`. */
  readonly accessUrl?: string | undefined;
  /**
   * @default `https://outlook.office365.com/.default` for client credentials with `tenant`, `https://mail.google.com/`
   * for a service account
   */
  readonly scope?: string | undefined;
  /** A Google service account's address, `client_email` in its key file. */
  readonly serviceClient?: string | undefined;
  /** Its RSA key, PEM: `private_key` in its key file. */
  readonly privateKey?: string | undefined;
}

/** Options of an SMTP server. TLS is at least 1.2, and certificates are verified (see `TlsMode`). */
export interface SmtpOptions {
  /** `smtp://user:password@host:587?tls=…&pool=…` or `smtps://…`; instead of host, port and tls. @example 'smtps://user:p%40ss@mail.example.com' */
  readonly url?: string | undefined;
  /** A well-known provider, e.g. `gmail`; instead of host, port and tls. */
  readonly service?: string | undefined;
  readonly host?: string | undefined;
  /** @default 587, or 465 with implicit TLS */
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Login by access token. @default none @example { user: 'shop@example.com', tenant: 'id', clientId: 'id', clientSecret: 'secret' } */
  readonly oauth2?: OAuth2Options | undefined;
  /** @default 'required'; 'opportunistic' to loopback; 'implicit' on port 465 @example { mode: 'required', servername: 'mail.example.com' } */
  readonly tls?: TlsMode | TlsOptions | undefined;
  /** Name in EHLO. @default that of the machine */
  readonly name?: string | undefined;
  /** Most connections. @default 5 */
  readonly poolSize?: number | undefined;
  /** Mails over one connection before it is replaced. @default 100 */
  readonly maxMessages?: number | undefined;
  /** Milliseconds from name lookup to secured greeting; also for one request for an access token. @default 20000 */
  readonly connectTimeout?: number | undefined;
  /** Keys that sign every mail. @default none @example { domainName: 'example.com', keySelector: 'mail', privateKey: '-----BEGIN PRIVATE KEY-----…' } */
  readonly dkim?: DkimOptions | readonly DkimOptions[] | undefined;
  /** IP address to connect from. */
  readonly localAddress?: string | undefined;
  /** `http://` or `https://` proxy that understands CONNECT. @default none @example 'http://proxy.example.com:3128' */
  readonly proxy?: string | undefined;
  /** Writes the conversation with the server (no bodies, no secrets) to the logger at debug level. @default false */
  readonly debug?: boolean | undefined;
}

export interface ResolvedTls {
  readonly mode: TlsMode;
  readonly ca: ReadonlyArray<string | Buffer> | undefined;
  readonly servername: string | undefined;
}

export type TokenOrigin =
  | { readonly type: 'fixed'; readonly token: string }
  | { readonly type: 'callback'; readonly call: AccessTokenCallback }
  | TokenGrant;

export interface ResolvedOAuth2 {
  readonly user: string;
  readonly origin: TokenOrigin;
}

/** Options with all defaults, checked. */
export interface ResolvedSmtpOptions {
  readonly host: string;
  readonly port: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly oauth2: ResolvedOAuth2 | undefined;
  readonly tls: ResolvedTls;
  readonly name: string | undefined;
  readonly poolSize: number;
  readonly maxMessages: number;
  readonly connectTimeout: number;
  readonly dkim: readonly DkimOptions[];
  readonly localAddress: string | undefined;
  readonly proxy: string | undefined;
  readonly debug: boolean;
}
