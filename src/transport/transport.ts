import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';

export interface AttemptOptions {
  /** Aborts the attempt: once it has fired, the transport must not hand the message over any more. */
  readonly signal: AbortSignal;
  /**
   * True when no earlier attempt can have handed this mail over. A provider that recognises mails by a key gets every other
   * mail in a request of its own, so that it recognises the mail. @default false
   */
  readonly isFirst?: boolean | undefined;
  /**
   * Time at which `signal` fires at the latest, in milliseconds of `performance.now()`: wrappers share out what is left.
   * @default not known
   */
  readonly endsAt?: number | undefined;
  /** True if the queue tries the mail again: a wrapper must then not repeat an attempt by itself. @default false */
  readonly isQueued?: boolean | undefined;
  /**
   * Name of the member that may have sent the mail in an earlier attempt, of a transport that wraps others: only this member
   * may get it now. @default any member
   */
  readonly pinnedTo?: string | undefined;
}

/** The rate of an account: at most `max` in any span of `per` milliseconds. */
export interface AccountRate {
  /** A whole number from 1 to 100 000. */
  readonly max: number;
  readonly per: number;
  /** The unit that is counted: a mail with five recipients takes one turn, or five. */
  readonly count: 'mails' | 'recipients';
}

/**
 * Makes one attempt to hand a rendered message over. A transport must not retry: the queue does that. Run `transportContract`
 * over your own transport.
 */
export interface Transport {
  /** Name for receipts and logs, such as `smtp`. */
  readonly name: string;
  /** Destination for the log, such as `mail.example.test:587` or a folder. Must not contain a secret. @default not logged */
  readonly target?: string | undefined;
  /**
   * True if the transport keeps mails in this process or on its disk and sends them to nobody. The inbox then shows its
   * mails as kept here, `rateLimit: 'account'` sets no limit, and the boot does not verify it by default. @default false
   */
  readonly captures?: boolean | undefined;
  /**
   * Names of the transports that make the attempts, of a transport that wraps others such as `failover`: receipts name one of
   * them. @default the transport makes the attempts itself
   */
  readonly members?: readonly string[] | undefined;
  /**
   * Resolves when the next hop accepted at least one recipient; `rejected` lists the others.
   * @throws {MailError} if it accepted none; the transport decides `retryable`, `scope` and `outcome`, since it reads
   * the reply
   */
  send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt>;
  /**
   * Refuses a message that this transport cannot express, before anything is sent or queued. A transport without `check`
   * takes every message. `send` refuses the same messages.
   * @throws {MailError} `unsupported`, naming the field and the way out
   */
  check?(message: RenderedMessage): void;
  /**
   * Returns warnings for the log; called once at boot, when every provider of the application exists.
   * @throws {MailError} `config`, which stops the boot: no mail could ever be sent
   */
  checkAtBoot?(): readonly string[];
  /**
   * Asks the account for its rate, for `rateLimit: 'account'`; that option stops the boot if the transport has no such
   * method.
   * @throws {MailError} if the account cannot be asked now: mails wait, and the module asks again
   */
  readonly accountRate?: ((options: AttemptOptions) => Promise<AccountRate>) | undefined;
  /**
   * Checks that a mail could be handed over now: connects, secures and authenticates, and sends nothing.
   * @throws {MailError}
   */
  verify(options: AttemptOptions): Promise<void>;
  /** Closes connections and frees other resources; idempotent. A later `send` throws `closed`. */
  close(): Promise<void>;
}

export function isTransport(value: unknown): value is Transport {
  return typeof value === 'object' && value !== null && 'send' in value && typeof value.send === 'function';
}
