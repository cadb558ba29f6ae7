import { untilAborted } from '../../../errors/abort.js';
import { MailError } from '../../../errors/mail-error.js';
import { closedError } from '../../closed.js';
import type { AccessToken, FetchToken } from './access-token.js';

/** Milliseconds before its end at which a token is renewed; a tenth of its lifetime if that is shorter. */
const MOST_AHEAD_MS = 5 * 60_000;

export interface TokenSourceOptions {
  readonly fetch: FetchToken;
  /** Milliseconds for one request. */
  readonly timeout: number;
  readonly clock: () => number;
  /** The transport's name, for errors. */
  readonly transport: string;
}

interface KnownToken extends AccessToken {
  /** Time from which a login requests a new token. */
  readonly renewAt: number;
}

/**
 * Holds the access token of a transport. All its connections share one token, and those that wait for a new one share
 * one request.
 */
export class TokenSource {
  readonly #fetch: FetchToken;
  readonly #timeout: number;
  readonly #clock: () => number;
  readonly #transport: string;
  #token: KnownToken | undefined;
  #call: Promise<string> | undefined;
  #running: AbortController | undefined;
  #closed = false;

  constructor({ fetch, timeout, clock, transport }: TokenSourceOptions) {
    this.#fetch = fetch;
    this.#timeout = timeout;
    this.#clock = clock;
    this.#transport = transport;
  }

  /**
   * Returns the token to log in with. If a new one cannot be had, it is the known one until that ends.
   * @throws {MailError} without a token: `authentication`, `transport-unavailable` or `closed`
   */
  async current(): Promise<string> {
    const known = this.#token;
    const now = this.#clock();
    if (known && now < known.renewAt) return known.value;
    if (!known || now >= (known.expiresAt ?? Infinity)) return this.#renew();
    return this.#renew().catch(() => known.value);
  }

  /**
   * Returns the token to try after a server refused one; the same if there is no other.
   * @throws {MailError} as `current`
   */
  async after(refused: string): Promise<string> {
    const known = this.#token?.value;
    return known === undefined || known === refused ? this.#renew() : known;
  }

  /** Aborts a request under way; logins that wait for it fail with `closed`. */
  close(): void {
    this.#closed = true;
    this.#running?.abort(closedError(this.#transport));
  }

  #renew(): Promise<string> {
    this.#call ??= this.#request().finally(() => (this.#call = undefined));
    return this.#call;
  }

  async #request(): Promise<string> {
    if (this.#closed) throw closedError(this.#transport);
    const running = new AbortController();
    this.#running = running;
    const timer = setTimeout(() => running.abort(lateError(this.#timeout)), this.#timeout);
    try {
      const token = await untilAborted(this.#fetch(running.signal), running.signal);
      this.#token = { ...token, renewAt: renewalOf(token, this.#clock()) };
      return token.value;
    } finally {
      clearTimeout(timer);
    }
  }
}

function renewalOf({ expiresAt = Infinity }: AccessToken, now: number): number {
  return expiresAt - Math.min(MOST_AHEAD_MS, (expiresAt - now) / 10);
}

const lateError = (timeout: number): MailError =>
  new MailError(
    'transport-unavailable',
    `No access token came within ${timeout} ms (over SMTP \`connectTimeout\`), so there was no login`,
  );
