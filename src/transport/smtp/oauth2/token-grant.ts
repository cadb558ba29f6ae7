import { sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type TokenGrant = RefreshTokenGrant | ClientCredentialsGrant | ServiceAccountGrant;

interface GrantFields {
  readonly tokenUrl: string;
  readonly scope: string | undefined;
}

/** RFC 6749 §6. */
export interface RefreshTokenGrant extends GrantFields {
  readonly type: 'refresh-token';
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  readonly refreshToken: string;
}

/** RFC 6749 §4.4. */
export interface ClientCredentialsGrant extends GrantFields {
  readonly type: 'client-credentials';
  readonly clientId: string;
  readonly clientSecret: string;
}

/** An assertion, signed with the account's own key (RFC 7523 §2.1). */
export interface ServiceAccountGrant extends GrantFields {
  readonly type: 'service-account';
  readonly serviceClient: string;
  readonly privateKey: KeyObject;
  /** The mailbox for which the account acts. */
  readonly user: string;
}

/** Seconds. Short, because an assertion is used at once. */
const ASSERTION_LIFE = 5 * 60;

/** Returns the form-encoded body of the token request. */
export function grantForm(grant: TokenGrant, now: number): URLSearchParams {
  const scope = grant.scope;
  if (grant.type === 'refresh-token') {
    const { clientId, clientSecret, refreshToken } = grant;
    return form({
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refreshToken,
      scope,
    });
  }
  if (grant.type === 'client-credentials') {
    const { clientId, clientSecret } = grant;
    return form({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope,
    });
  }
  return form({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: assertionOf(grant, now),
  });
}

/** Makes a JWT (RFC 7519), signed by RS256. The scope is one of its claims, as Google expects. */
function assertionOf(
  { serviceClient, privateKey, user, scope, tokenUrl }: ServiceAccountGrant,
  now: number,
): string {
  const issuedAt = Math.floor(now / 1000);
  const claims = {
    iss: serviceClient,
    sub: user,
    scope,
    aud: tokenUrl,
    iat: issuedAt,
    exp: issuedAt + ASSERTION_LIFE,
  };
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims].map(base64url).join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`;
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function form(fields: Readonly<Record<string, string | undefined>>): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) parameters.set(name, value);
  }
  return parameters;
}
