import { MailError } from '../../../errors/mail-error.js';
import { retryAfter } from '../../retry-after.js';

/** A refusal of a token endpoint. */
export interface TokenRefusal {
  /** RFC 6749 §5.2. */
  readonly error: string | undefined;
  /** Safe to show. */
  readonly said: string;
}

type TokenAnswer = Pick<Response, 'status' | 'headers'>;

/** Without a token nothing can be sent, but no mail is at fault, as with a mail server that is down. */
export function unreachable(url: string, why: string): MailError {
  return new MailError(
    'transport-unavailable',
    `The token endpoint ${shown(url)} could not be reached: ${why}`,
  );
}

/**
 * Makes the error of a refusal, permanent or temporary.
 * @returns `undefined` if the answer is not a refusal of OAuth
 */
export function refusal(
  url: string,
  answer: TokenAnswer,
  { error, said }: TokenRefusal,
): MailError | undefined {
  const isBusy = answer.status >= 500 || answer.status === 429 || (error !== undefined && BUSY.has(error));
  if (isBusy) return busy(url, answer, said);
  const isRefused = error !== undefined || [400, 401, 403].includes(answer.status);
  if (!isRefused) return undefined;
  const fix = FIXES.get(error ?? '') ?? 'Check the options of `oauth2`';
  return new MailError(
    'authentication',
    `The token endpoint ${shown(url)} refused the login (${answer.status})${said && `: ${said.replace(/\.$/, '')}`}. ${fix}`,
  );
}

/** Makes the error of an answer that is neither a token nor a refusal. */
export function badAnswer(url: string, { status, headers }: TokenAnswer): MailError {
  const moved = status >= 300 && status < 400;
  const what = moved
    ? 'another address, where secrets are not sent unasked'
    : `no token (${headers.get('content-type') ?? 'no content type'})`;
  return new MailError(
    'transport-unavailable',
    `The token endpoint ${shown(url)} answered ${status} with ${what}. Check \`tokenUrl\``,
  );
}

function busy(url: string, { status, headers }: TokenAnswer, said: string): MailError {
  return new MailError(
    'transport-unavailable',
    `The token endpoint ${shown(url)} is out of order (${status})${said && `: ${said}`}`,
    // Not the form with a date: a wrong clock may be the reason of the refusal.
    { retryAfterMs: retryAfter(headers) },
  );
}

const BUSY: ReadonlySet<string> = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);

const FIXES: ReadonlyMap<string, string> = new Map([
  [
    'invalid_client',
    'Check `clientId` and `clientSecret`: the value of a secret, not its id, and whether it is out of date',
  ],
  [
    'invalid_grant',
    'The refresh token or the account is not accepted (any more): get a new one, and check the clock of this machine',
  ],
  [
    'unauthorized_client',
    'Allow this client to act so: grant it its permission, for a service account for the whole domain, with this `scope`',
  ],
  ['invalid_scope', 'Check `scope`'],
]);

/** Shows a URL without its query, which may hold a key. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
