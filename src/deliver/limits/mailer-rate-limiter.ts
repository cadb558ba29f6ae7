import { untilAborted } from '../../errors/abort.js';
import { MailError } from '../../errors/mail-error.js';
import type { AccountRate, Transport } from '../../transport/transport.js';
import { RateLimiter, type RateLimit } from './rate-limiter.js';

/** A mail that is about to be handed over. */
export interface Turn {
  readonly mailer: string;
  readonly recipients: number;
  /** Milliseconds: no later than that. */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** Milliseconds that an account may take to say its rate. */
const ASK_MS = 10_000;
const MOST_IN_A_SPAN = 100_000;

/** How fast mailers may hand their mails over: as they were told, or as the account of their transport may send. */
export class MailerRateLimiter {
  /** The rate limit of the options. */
  readonly given: RateLimit | 'account';
  readonly #transport: Transport;
  readonly #monotonic: () => number;
  #count: AccountRate['count'] = 'mails';
  /** Undefined until the account was asked. */
  #limiter: RateLimiter | undefined;
  #asking: Promise<void> | undefined;

  /** @param monotonic milliseconds that never go back */
  constructor(given: RateLimit | 'account', transport: Transport, monotonic: () => number) {
    this.given = given;
    this.#transport = transport;
    this.#monotonic = monotonic;
    if (given !== 'account') this.#limiter = new RateLimiter(given, monotonic);
  }

  /** The account is being asked: no other mail is to be begun. */
  get isAsking(): boolean {
    return this.#asking !== undefined;
  }

  /** How many of `wanted` mails may go now, if they have one recipient each. Before the account was asked, one finds out. */
  available(wanted: number): number {
    if (this.#limiter) return this.#limiter.available(wanted);
    return this.isAsking ? 0 : Math.min(wanted, 1);
  }

  /** Milliseconds until the turn of a mail. */
  msUntilNext(recipients = 1): number {
    return this.#limiter?.msUntilNext(this.#turnsOf(recipients)) ?? 0;
  }

  /**
   * Waits for the turn of a mail. Where the rate is known, the turn is taken before anything is awaited.
   * @throws {MailError} `rate-limited` at once when it comes later than the mail can wait; what kept the account from
   * saying its rate; the signal's reason
   */
  async acquire({ mailer, recipients, withinMs, signal }: Turn): Promise<void> {
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
   * Asks the account, unless that was done.
   * @throws {MailError} when it cannot be asked now, or is not known to this transport
   */
  async ready(signal: AbortSignal): Promise<void> {
    if (!this.#limiter) await this.#known(signal);
  }

  /** One question for all who need the answer, so that none of them ends it for the others. */
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
