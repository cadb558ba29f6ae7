import { setTimeout as pause } from 'node:timers/promises';
import { abortError, throwIfAborted } from '../../errors/abort.js';
import { asMailError, MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { attemptOver } from '../attempt-over.js';
import { hintOf } from '../retry-hint.js';
import type { AttemptOptions, Transport } from '../transport.js';
import { endOf } from './attempt-time.js';
import { type ComposedDependencies, ComposedTransport, namesChecked } from './composed.transport.js';
import type { Member, MemberOption } from './member.js';

export interface RetryOptions {
  /** Attempts, the first one included: a whole number from 1 to 100. @default 3 */
  readonly attempts?: number | undefined;
}

const USUAL_ATTEMPTS = 3;
const MOST_ATTEMPTS = 100;
/** Milliseconds of the longest wait before the second attempt; it doubles with each further one. */
const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** Repeats attempts of `send()` that failed for now. */
export class RetryTransport extends ComposedTransport {
  readonly #attempts: number;

  /** @throws {MailError} `config` */
  constructor(
    member: MemberOption,
    { attempts = USUAL_ATTEMPTS }: RetryOptions = {},
    dependencies?: ComposedDependencies,
  ) {
    super('retry', [member], dependencies);
    if (!Number.isInteger(attempts) || attempts < 1 || attempts > MOST_ATTEMPTS) {
      const expected = `a whole number from 1 to ${MOST_ATTEMPTS}`;
      throw new MailError('config', `retry(): expected as attempts ${expected}, got ${show(attempts)}.`, {
        scope: 'config',
      });
    }
    this.#attempts = attempts;
  }

  withMembers([member = '']: readonly MemberOption[], dependencies: ComposedDependencies): RetryTransport {
    return new RetryTransport(member, { attempts: this.#attempts }, dependencies);
  }

  get accountRate(): Transport['accountRate'] {
    const [only] = this.list;
    return only?.transport.accountRate?.bind(only.transport);
  }

  check(message: RenderedMessage): void {
    for (const { transport } of this.list) transport.check?.(message);
  }

  async send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    this.throwIfUnusable();
    const [member] = this.list;
    if (!member) throw new MailError('config', 'retry(): it has no member.');
    const own = { ...options, endsAt: endOf(options) };
    for (let attempt = 1; ; attempt += 1) {
      throwIfAborted(options.signal);
      const error = await this.#attempt(member, message, own);
      if (!MailError.is(error)) return error;
      const wait = this.#waitAfter(error, attempt, own);
      if (wait === undefined) throw member.blamed(error);
      await pause(wait, undefined, { signal: options.signal }).catch(() => {
        throw abortError(options.signal);
      });
      this.throwIfClosed();
    }
  }

  async #attempt(
    member: Member,
    message: RenderedMessage,
    options: AttemptOptions,
  ): Promise<Receipt | MailError> {
    try {
      return member.named(await attemptOver(member.transport, message, options));
    } catch (error) {
      return asMailError(error);
    }
  }

  /** Returns the milliseconds before the next attempt; undefined if there is to be none. */
  #waitAfter(error: MailError, attempt: number, options: AttemptOptions): number | undefined {
    const isOver = attempt >= this.#attempts || options.isQueued === true || this.isClosed;
    if (isOver || !error.retryable || error.outcome !== 'not-sent' || options.signal.aborted)
      return undefined;
    const usual = this.random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
    const wait = Math.max(usual, hintOf(error));
    return performance.now() + wait < endOf(options) ? wait : undefined;
  }
}

/**
 * Makes `send()` try again after a fault that may go away: `retry('smtp://mail.example.test', { attempts: 3 })`. It waits a
 * random time (full jitter) of up to 500 ms, then of up to twice as much each time, at least as long as the server asked
 * for, and gives up early if the call would end before. It never repeats an attempt with an unknown outcome. Queued mails
 * are tried again by the queue alone.
 * @throws {MailError} `config` for a wrong member or number
 */
export function retry(member: MemberOption, options: RetryOptions = {}): Transport {
  return namesChecked(new RetryTransport(member, options));
}
