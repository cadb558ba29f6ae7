import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';

export interface AttemptOptions {
  /** Aborts the attempt: after it has fired the message is not handed over any more. */
  readonly signal: AbortSignal;
  /**
   * Nobody can have tried to hand this mail over before. A provider that knows mails by a key gets all others in
   * requests of their own, by which it knows them again. @default false
   */
  readonly isFirst?: boolean | undefined;
}

/** How fast an account may send: at most `max` in any span of `per` milliseconds. */
export interface AccountRate {
  /** A whole number from 1 to 100 000. */
  readonly max: number;
  readonly per: number;
  /** What is counted: a mail with five recipients takes one turn, or five. */
  readonly count: 'mails' | 'recipients';
}

/**
 * Makes one attempt to hand a rendered message over. It never retries; what retries, fails over or
 * limits rates is a transport that wraps another. Run `transportContract` over your own.
 */
export interface Transport {
  /** For receipts and logs; a wrapping transport composes it: `failover(a b)`. */
  readonly name: string;
  /** Where it hands mails over, for the log: `mail.example.test:587`, a folder. Never with a secret. @default not told */
  readonly target?: string | undefined;
  /**
   * Resolves when at least one recipient was accepted; the rest is in `rejected`.
   * @throws {MailError} when none was; `retryable`, `scope` and `outcome` are decided here, where the reply is read.
   */
  send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt>;
  /**
   * Refuses a message that this way of sending cannot express, before anything is sent or queued. Without it,
   * everything is taken. `send` refuses the same.
   * @throws {MailError} `unsupported`, naming the field and the way out
   */
  check?(message: RenderedMessage): void;
  /**
   * Asked once at boot, when every provider of the application exists, for warnings that the log is to show.
   * @throws {MailError} `config`, which stops the boot: no mail could ever be sent
   */
  checkAtBoot?(): readonly string[];
  /**
   * Asks its account how fast it may send, for `rateLimit: 'account'`; without it, that stops the boot.
   * @throws {MailError} when it cannot be asked now: mails wait, and it is asked again
   */
  readonly accountRate?: ((options: AttemptOptions) => Promise<AccountRate>) | undefined;
  /**
   * Proves that a mail could be handed over now: connects, secures, authenticates; sends nothing.
   * @throws {MailError}
   */
  verify(options: AttemptOptions): Promise<void>;
  /** Frees what it holds; idempotent. A later `send` throws `closed`. */
  close(): Promise<void>;
}
