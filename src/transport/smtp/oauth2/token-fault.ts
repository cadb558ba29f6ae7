import { MailError } from '../../../errors/mail-error.js';
import { retryAfter } from '../../retry-after.js';

/** What a token endpoint said of a request that it refused. */
export interface Refusal {
  /** RFC 6749 §5.2. */
  readonly error: string | undefined;
  /** Fit to be shown. */
  readonly said: string;
}

type Answer = Pick<Response, 'status' | 'headers'>;

/** Nothing can be sent without a token, but no mail is at fault: like a mail server that is down. */
export function unreachable(url: string, why: string): MailError {
  return new MailError(
    'transport-unavailable',
    `The token endpoint ${shown(url)} could not be reached: ${why}`,
  );
}

/**
 * A refusal of the credentials, or of the moment.
 * @returns `undefined` when the answer is no refusal that OAuth knows
 */
export function refusal(url: string, answer: Answer, { error, said }: Refusal): MailError | undefined {
  const isBusy = answer.status >= 500 || answer.status === 429 || (error !== undefined && BUSY.has(error));
  if (isBusy) return busy(url, answer, said);
  const isRefused = error !== undefined || [400, 401, 403].includes(answer.status);
  if (!isRefused) return undefined;
  const fix = FIXES.get(error ?? '') ?? 'Check the options of `oauth2`';
  return new MailError(
    'authentication',
    `The token endpoint ${shown(url)} refused the login (${answer.status})${said && `: ${said}`}. ${fix}`,
  );
}

/** An answer that is neither a token nor a refusal. */
export function badAnswer(url: string, { status, headers }: Answer): MailError {
  const moved = status >= 300 && status < 400;
  const what = moved
    ? 'another address, where secrets are not sent unasked'
    : `no token (${headers.get('content-type') ?? 'no content type'})`;
  return new MailError(
    'transport-unavailable',
    `The token endpoint ${shown(url)} answered ${status} with ${what}. Check \`tokenUrl\``,
  );
}

function busy(url: string, { status, headers }: Answer, said: string): MailError {
  return new MailError(
    'transport-unavailable',
    `The token endpoint ${shown(url)} is out of order (${status})${said && `: ${said}`}`,
    // The form with a date is of no use: the clock may be what the login was refused for.
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

/** Without its query, which may hold a key. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
