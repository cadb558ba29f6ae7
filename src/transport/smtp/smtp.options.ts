export const TLS_MODES = ['required', 'opportunistic', 'implicit', 'off'] as const;

/**
 * - `required`: STARTTLS (RFC 3207) or the mail is not sent. The default; on port 465 it is implicit.
 * - `opportunistic`: STARTTLS when the server offers it, else plain text. Default to a literal loopback
 *   host (127/8, ::1, localhost). Since plain text would do, the certificate is only verified against a given `ca`.
 * - `implicit`: TLS from the first byte (RFC 8314); default on port 465.
 * - `off`: plain text.
 */
export type TlsMode = (typeof TLS_MODES)[number];

export interface TlsOptions {
  readonly mode?: TlsMode | undefined;
  /** Trusted instead of the system's authorities: PEM, one or several. */
  readonly ca?: string | Buffer | ReadonlyArray<string | Buffer> | undefined;
  /** Name the certificate must hold, when it is not that of `host`. */
  readonly servername?: string | undefined;
}

/** Signs every mail (RFC 6376). */
export interface DkimOptions {
  readonly domainName: string;
  readonly keySelector: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Access tokens (RFC 6749) for `XOAUTH2`. Either `accessToken` alone, or what it takes to fetch one. */
export interface OAuth2Options {
  /** Default: `username`. */
  readonly user?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly accessToken?: string | undefined;
  /** Token endpoint. @default Google's */
  readonly accessUrl?: string | undefined;
}

/** An SMTP server and how to talk to it. TLS is at least 1.2, and certificates are verified (see `TlsMode`). */
export interface SmtpOptions {
  /** `smtp://user:password@host:587?tls=…&pool=…` or `smtps://…`; stands instead of host, port and tls. */
  readonly url?: string | undefined;
  /** A well-known provider, e.g. `gmail`; stands instead of host, port and tls. */
  readonly service?: string | undefined;
  readonly host?: string | undefined;
  /** @default 587, with implicit TLS 465 */
  readonly port?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly oauth2?: OAuth2Options | undefined;
  readonly tls?: TlsMode | TlsOptions | undefined;
  /** Our name in EHLO. @default the machine's */
  readonly name?: string | undefined;
  /** Connections kept at most. @default 5 */
  readonly poolSize?: number | undefined;
  /** Mails a connection carries before it is replaced. @default 100 */
  readonly maxMessages?: number | undefined;
  /** Milliseconds from name lookup to secured greeting. @default 20000 */
  readonly connectTimeout?: number | undefined;
  readonly dkim?: DkimOptions | readonly DkimOptions[] | undefined;
  /** IP address to connect from. */
  readonly localAddress?: string | undefined;
  /** `http://` or `https://` proxy that understands CONNECT. */
  readonly proxy?: string | undefined;
  /** Writes the conversation with the server (no bodies, no secrets) to the logger at debug level. @default false */
  readonly debug?: boolean | undefined;
}

export interface ResolvedTls {
  readonly mode: TlsMode;
  readonly ca: ReadonlyArray<string | Buffer> | undefined;
  readonly servername: string | undefined;
}

export interface ResolvedOAuth2 {
  readonly user: string;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly refreshToken: string | undefined;
  readonly accessToken: string | undefined;
  readonly accessUrl: string | undefined;
}

/** Every field decided and checked. */
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
