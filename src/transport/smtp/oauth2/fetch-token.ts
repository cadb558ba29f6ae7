import { isDate } from 'node:util/types';
import { fieldOf, MailError, messageOf } from '../../../errors/mail-error.js';
import { shown } from '../../remote-text.js';
import type { AccessTokenCallback, ResolvedOAuth2 } from '../smtp.options.js';
import type { AccessToken, FetchToken } from './access-token.js';
import { grantForm } from './token-grant.js';
import type { TokenGrant } from './token-grant.js';
import { isToken, requestToken } from './token-request.js';

export interface FetchSurroundings {
  readonly clock: () => number;
  /** Hides secrets that others may quote. */
  readonly conceal: (text: string) => string;
  /** The caller's, for instance with a proxy. @default the global one */
  readonly fetch?: typeof fetch | undefined;
  /** Called with a later secret. */
  readonly onSecret: (secret: string) => void;
}

/** Returns the secrets of the options; later ones go to `onSecret`. */
export function configuredSecrets({ origin }: ResolvedOAuth2): ReadonlyArray<string | undefined> {
  if (origin.type === 'fixed') return [origin.token];
  if (origin.type === 'refresh-token') return [origin.clientSecret, origin.refreshToken];
  return origin.type === 'client-credentials' ? [origin.clientSecret] : [];
}

export function tokenFetcher({ origin }: ResolvedOAuth2, surroundings: FetchSurroundings): FetchToken {
  if (origin.type === 'fixed') {
    return () => Promise.resolve({ value: origin.token, expiresAt: undefined });
  }
  return origin.type === 'callback'
    ? (signal) => callForToken(origin.call, signal, surroundings)
    : grantFetcher(origin, surroundings);
}

function grantFetcher(
  configured: TokenGrant,
  { clock, conceal, onSecret, fetch: own }: FetchSurroundings,
): FetchToken {
  let grant = configured;
  return async (signal) => {
    const form = grantForm(grant, clock());
    const assertion = form.get('assertion');
    if (assertion !== null) onSecret(assertion);
    const answer = await requestToken({ url: grant.tokenUrl, form, signal, clock, conceal, fetch: own });
    const { value, expiresAt, refreshToken } = answer;
    onSecret(value);
    if (grant.type === 'refresh-token' && refreshToken !== undefined) {
      onSecret(refreshToken);
      grant = { ...grant, refreshToken };
    }
    return { value, expiresAt };
  };
}

async function callForToken(
  call: AccessTokenCallback,
  signal: AbortSignal,
  { conceal, onSecret }: FetchSurroundings,
): Promise<AccessToken> {
  const given = await answerOf(call, signal, conceal);
  const token = fieldOf(given, 'token');
  if (!isToken(token)) throw useless('`token` is not a text of printable ASCII without spaces');
  onSecret(token);
  return { value: token, expiresAt: timeOf(fieldOf(given, 'expiresAt')) };
}

/** Drops the error of a callback: that of an HTTP client often holds the request, and so its secrets. */
async function answerOf(
  call: AccessTokenCallback,
  signal: AbortSignal,
  conceal: FetchSurroundings['conceal'],
): Promise<unknown> {
  try {
    return await call(signal);
  } catch (error) {
    if (MailError.is(error) && error.scope === 'transport') throw error;
    const why = shown(messageOf(error), conceal);
    throw new MailError('transport-unavailable', `\`oauth2.accessToken\` failed to get a token: ${why}`);
  }
}

/** A lower value is a time before 2001 in milliseconds, and so meant as seconds. */
const SECONDS = 1e12;

function timeOf(given: unknown): number | undefined {
  if (given === undefined || given === null) return undefined;
  const time = isDate(given) ? given.getTime() : given;
  if (typeof time !== 'number' || !Number.isFinite(time)) {
    throw useless('`expiresAt` is neither a Date nor milliseconds since 1970');
  }
  if (time < SECONDS) throw useless('`expiresAt` is in seconds; give milliseconds since 1970, or a Date');
  return time;
}

function useless(what: string): MailError {
  return new MailError(
    'authentication',
    `\`oauth2.accessToken\` gave no token to log in with: ${what}. Give \`{ token, expiresAt }\``,
  );
}
