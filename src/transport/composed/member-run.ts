import { asMailError, MailError, type MailErrorCode, withTraits } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { attemptOver } from '../attempt-over.js';
import type { Permit } from '../circuit-breaker.js';
import { hintOf } from '../retry-hint.js';
import type { AttemptOptions } from '../transport.js';
import { AttemptTime } from './attempt-time.js';
import type { ComposedTransport } from './composed.transport.js';
import { isOfTransport, type Member } from './member.js';
import { type MemberFault, nobodyWorks } from './nobody-works.js';

/** A permit that changes nothing: the answer to a mail that goes past an open breaker proves nothing. */
const PAST_BREAKER: Permit = { isProbe: false };

/** Servers lock accounts that try too often. */
const LEFT_ALONE: ReadonlySet<MailErrorCode> = new Set(['authentication', 'rate-limited']);

/**
 * Tries members one after another until one takes the mail. Invariant: a mail goes on to another member only if nothing can
 * have been sent.
 */
export class MemberRun {
  readonly #whole: ComposedTransport;
  readonly #members: readonly Member[];
  readonly #message: RenderedMessage;
  readonly #options: AttemptOptions;
  readonly #faults: MemberFault[] = [];

  /** @param members those that may get the mail, in their order */
  constructor(
    whole: ComposedTransport,
    members: readonly Member[],
    message: RenderedMessage,
    options: AttemptOptions,
  ) {
    this.#whole = whole;
    this.#members = members;
    this.#message = message;
    this.#options = options;
  }

  /** @throws {MailError} */
  async receipt(): Promise<Receipt> {
    const turns = this.#turns();
    for (const [index, member] of turns.entries()) {
      const permit = member.breaker.acquire() ?? this.#pastBreaker(member);
      if (!permit) continue;
      const receipt = await this.#attempt(member, permit, index === turns.length - 1);
      if (receipt) return receipt;
      if (this.#options.signal.aborted) break;
    }
    throw nobodyWorks(this.#whole.name, this.#reasons(), this.#members.length === this.#whole.list.length);
  }

  /** Members behind an open breaker come last, if at all. */
  #turns(): readonly Member[] {
    const others = this.#members.filter((member) => !admits(member) && this.#mayPass(member));
    return [...this.#members.filter(admits), ...others];
  }

  /**
   * Whether a mail may try a member in spite of its open breaker, because no other is left. Queued mails can wait; a provider
   * that asked for a pause, or that refused a login, is left alone.
   */
  #mayPass({ breaker: { lastFault } }: Member): boolean {
    if (this.#options.isQueued === true) return false;
    return !lastFault || (hintOf(lastFault) === 0 && !LEFT_ALONE.has(lastFault.code));
  }

  #pastBreaker(member: Member): Permit | undefined {
    if (!this.#mayPass(member)) return undefined;
    member.breaker.probeNow();
    return member.breaker.acquire() ?? PAST_BREAKER;
  }

  /** @returns undefined if the mail may go on to another member */
  async #attempt(member: Member, permit: Permit, isLast: boolean): Promise<Receipt | undefined> {
    const { signal, endsAt } = this.#options;
    const time = isLast ? undefined : new AttemptTime(member.name, this.#options);
    const own = { ...this.#options, signal: time?.signal ?? signal, endsAt: time?.endsAt ?? endsAt };
    try {
      const receipt = await attemptOver(member.transport, this.#message, own);
      member.breaker.succeed(permit);
      return member.named(receipt);
    } catch (error) {
      this.#judge(member, permit, asMailError(error));
      return undefined;
    } finally {
      time?.end();
    }
  }

  /** Returns if the mail may go on to another member. @throws {MailError} otherwise */
  #judge(member: Member, permit: Permit, error: MailError): void {
    const { breaker } = member;
    const isEnded = this.#whole.isClosed || (this.#options.signal.aborted && error.code !== 'timeout');
    if (error.outcome === 'unknown') {
      if (isEnded || isOfPart(error, member)) breaker.release(permit);
      else breaker.fail(error, permit);
      throw ambiguous(error, member);
    }
    if (isEnded) {
      breaker.release(permit);
      throw member.blamed(error);
    }
    if (!mayGoOn(error)) {
      if (error.code === 'timeout') breaker.release(permit);
      else breaker.succeed(permit);
      throw member.blamed(error);
    }
    if (error.code === 'unsupported' || isOfPart(error, member)) breaker.release(permit);
    else breaker.fail(error, permit);
    this.#faults.push({ member, error });
  }

  /** The faults of members that were tried, and of those that were not for their earlier faults. */
  #reasons(): readonly MemberFault[] {
    const tried = new Set(this.#faults.map(({ member }) => member));
    const others = this.#members.flatMap((member) => {
      const { lastFault } = member.breaker;
      return tried.has(member) || !lastFault ? [] : [{ member, error: lastFault }];
    });
    return [...this.#faults, ...others];
  }
}

const admits = ({ breaker }: Member): boolean => breaker.allows(1) > 0;

/** Whether nothing was sent, and another member may do better. */
function mayGoOn(error: MailError): boolean {
  if (error.outcome !== 'not-sent') return false;
  return isOfTransport(error) || error.code === 'rate-limited' || error.code === 'unsupported';
}

/** True if one of several members of this member is at fault: the others may work, and that one has its own breaker. */
const isOfPart = ({ transport }: MailError, { names }: Member): boolean =>
  transport !== undefined && names.length > 1;

/** Names the member that may have sent the mail: no other may get it. */
function ambiguous(error: MailError, member: Member): MailError {
  const traits = { transport: error.transport ?? member.name };
  if (error.code === 'ambiguous') return withTraits(error, traits);
  const { message, retryable, smtp, retryAfterMs, repeatableForMs, rejected, at } = error;
  const options = { retryable, smtp, retryAfterMs, repeatableForMs, rejected, at, cause: error, ...traits };
  return new MailError('ambiguous', `${message.replace(/\.?$/, '.')} It may have been sent.`, options);
}
