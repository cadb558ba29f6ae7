import { untilAborted } from '../../errors/abort.js';
import { MailError } from '../../errors/mail-error.js';
import type { AccountRate, Transport } from '../../transport/transport.js';
import type { Limiters } from './limiters.js';
import { type Limiter, type RateLimit, turnsOf } from './rate-limiter.js';

/** A mail that is about to be handed over. */
export interface RateLimitedMail {
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
  readonly #name: string;
  readonly #transport: Transport;
  readonly #limiters: Limiters;
  /** Undefined until the first mail, and until the account has told its rate. */
  #made: Limiter | undefined;
  #asking: Promise<void> | undefined;

  /** @param name that of its first mailer: processes share the limit of a name */
  constructor(given: RateLimit | 'account', name: string, transport: Transport, limiters: Limiters) {
    this.given = given;
    this.#name = name;
    this.#transport = transport;
    this.#limiters = limiters;
  }

  get #limiter(): Limiter | undefined {
    if (this.given !== 'account') this.#made ??= this.#limiters.make(`mailer:${this.#name}`, this.given);
    return this.#made;
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
    const limiter = this.#limiter;
    return limiter?.msUntilNext(turnsOf(limiter.limit, recipients)) ?? 0;
  }

  /**
   * Waits for the turn of a mail, as `turn` does.
   * @throws {MailError} `rate-limited`, at once, if the turn comes later than the mail can wait; see `turn`
   */
  async acquire(mail: RateLimitedMail & { readonly mailer: string }): Promise<void> {
    if (await this.turn(mail)) return;
    const { mailer } = mail;
    throw this.#limiter?.isClosed ? closed(mailer) : this.#tooLate(mailer);
  }

  /**
   * Waits for the turn of a mail. If this process keeps the rate for itself and knows it, the turn is taken before anything
   * is awaited.
   * @returns whether it was taken, at once if not
   * @throws {MailError} the error of the account's answer; the signal's reason
   */
  async turn({ recipients, withinMs, signal }: RateLimitedMail): Promise<boolean> {
    const limiter = this.#limiter ?? (await this.#known(signal));
    return limiter.acquire(withinMs, signal, turnsOf(limiter.limit, recipients));
  }

  #tooLate(mailer: string): MailError {
    const { max = 0, per = 0, count = 'mails' } = this.#limiter?.limit ?? {};
    const what = count === 'mails' ? `${max} mails` : `to ${max} recipients`;
    return new MailError(
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
  async #known(signal: AbortSignal): Promise<Limiter> {
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
    // Each process keeps to it for itself: what the account says may change.
    this.#made = this.#limiters.alone({ max: rate.max, per: rate.per, count: rate.count });
  }
}

function closed(mailer: string): MailError {
  return new MailError(
    'rate-limited',
    `The mailer '${mailer}' shares its rate limit with other processes, and the store of the limit cannot be asked now (rateLimit.whenUnavailable is 'closed'). queue() lets the mail wait until it can.`,
  );
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
