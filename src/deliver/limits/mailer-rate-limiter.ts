import { untilAborted } from '../../errors/abort.js';
import { MailError } from '../../errors/mail-error.js';
import type { AccountRate, Transport } from '../../transport/transport.js';
import { RateLimiter, type RateLimit } from './rate-limiter.js';

/** A mail that is about to be handed over. */
export interface RateLimitedMail {
  readonly mailer: string;
  readonly recipients: number;
  /** Longest wait in milliseconds. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** Milliseconds that an account may take to tell its rate. */
const ASK_MS = 10_000;
const MOST_IN_A_SPAN = 100_000;

/** Limits the rate of one or several mailers, by the given limit or by the rate of their transport's account. */
export class MailerRateLimiter {
  readonly given: RateLimit | 'account';
  readonly #transport: Transport;
  readonly #monotonic: () => number;
  #count: AccountRate['count'] = 'mails';
  /** Undefined until the account has told its rate. */
  #limiter: RateLimiter | undefined;
  #asking: Promise<void> | undefined;

  /** @param monotonic milliseconds that never go back */
  constructor(given: RateLimit | 'account', transport: Transport, monotonic: () => number) {
    this.given = given;
    this.#transport = transport;
    this.#monotonic = monotonic;
    if (given !== 'account') this.#limiter = new RateLimiter(given, monotonic);
  }

  /** True while the account is being asked: no other mail may begin then. */
  get isAsking(): boolean {
    return this.#asking !== undefined;
  }

  /**
   * Returns how many of `wanted` mails with one recipient each may go now. Before the account has answered, one mail
   * asks it.
   */
  available(wanted: number): number {
    if (this.#limiter) return this.#limiter.available(wanted);
    return this.isAsking ? 0 : Math.min(wanted, 1);
  }

  /** Returns the milliseconds until the turn of a mail. */
  msUntilNext(recipients = 1): number {
    return this.#limiter?.msUntilNext(this.#turnsOf(recipients)) ?? 0;
  }

  /**
   * Waits for the turn of a mail. If the rate is known, the turn is taken before anything is awaited.
   * @throws {MailError} `rate-limited`, at once, if the turn comes later than the mail can wait; the error of the account's
   * answer; the signal's reason
   */
  async acquire({ mailer, recipients, withinMs, signal }: RateLimitedMail): Promise<void> {
    const limiter = this.#limiter ?? (await this.#known(signal));
    if (await limiter.acquire(withinMs, signal, this.#turnsOf(recipients))) return;
    const { max, per } = limiter.limit;
    const what = this.#count === 'mails' ? `${max} mails` : `to ${max} recipients`;
    throw new MailError(
      'rate-limited',
      `The mailer '${mailer}' may send ${what} in ${per} ms (rateLimit), and this one's turn would come after its timeout. queue() lets it wait as long as it takes.`,
    );
  }

  /**
   * Asks the account for its rate, unless that was done.
   * @throws {MailError} if it cannot be asked now, or this transport cannot ask at all
   */
  async ready(signal: AbortSignal): Promise<void> {
    if (!this.#limiter) await this.#known(signal);
  }

  /** Asks once for all waiting mails, so that none of them aborts the question for the others. */
  async #known(signal: AbortSignal): Promise<RateLimiter> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await untilAborted(this.#asking, signal);
    return this.#limiter ?? this.#known(signal);
  }

  async #ask(): Promise<void> {
    const { name } = this.#transport;
    const signal = AbortSignal.timeout(ASK_MS);
    const asked = Promise.resolve(this.#transport.accountRate?.({ signal }));
    const rate = await untilAborted(asked, signal, () => silence(name));
    if (!rate || !isRate(rate))
      throw new MailError('config', `${name} did not say at what rate its account may send.`);
    this.#count = rate.count;
    this.#limiter = new RateLimiter({ max: rate.max, per: rate.per }, this.#monotonic);
  }

  #turnsOf(recipients: number): number {
    return this.#count === 'recipients' ? Math.max(1, recipients) : 1;
  }
}

function silence(transport: string): MailError {
  const said = `${transport}: the account did not say its rate within ${ASK_MS} ms.`;
  return new MailError('transport-unavailable', said);
}

/** The error for `rateLimit: 'account'` over a transport that cannot ask its account. */
export function unknownRate(mailer: string, transport: string): MailError {
  return new MailError(
    'config',
    `rateLimit of the mailer '${mailer}': the transport ${transport} cannot ask how fast its account may send. Give it a rate such as { max: 10, per: 1000 } instead of 'account'.`,
  );
}

function isRate({ max, per }: AccountRate): boolean {
  return (
    Number.isInteger(max) && max > 0 && max <= MOST_IN_A_SPAN && per > 0 && per < Number.POSITIVE_INFINITY
  );
}
