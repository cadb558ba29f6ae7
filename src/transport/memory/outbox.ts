import { AsyncLocalStorage } from 'node:async_hooks';
import { MailError } from '../../errors/mail-error.js';
import { codesIn } from '../../message/extract/codes.js';
import { type FoundLink, linksIn } from '../../message/extract/links.js';
import type { RenderedMessage } from '../../message/message.js';
import {
  checkPattern,
  describeMails,
  describeNearest,
  differencesOf,
  type MailPattern,
} from '../../message/pattern/mail-pattern.js';
import { type PlannedFailure, PlannedFailures } from './planned-failure.js';
import { Ring } from './ring.js';

/** Selects messages of an outbox. */
export type MessageMatch = (message: RenderedMessage) => boolean;

export interface MailOutboxOptions {
  /** Most messages that are kept; the newest replace the oldest. @default 10000 */
  readonly keep?: number | undefined;
}

/** A queued message with its schedule. */
export interface QueuedMessage {
  readonly message: RenderedMessage;
  readonly priority: 'high' | 'normal' | 'low';
  readonly dueAt: Date;
  readonly expiresAt: Date;
  readonly idempotencyKey?: string | undefined;
}

interface Watcher {
  readonly match: MessageMatch;
  readonly found: (message: RenderedMessage) => void;
}

/** Shorter than the 5 seconds that Jest and Vitest allow a test. */
const WAIT_MS = 4_000;

const everything: MessageMatch = () => true;

/** Holds captured messages instead of sending them: the newest `keep`, for tests and development. */
export class MailOutbox {
  readonly keep: number;
  readonly #messages: Ring<RenderedMessage>;
  readonly #queued: Ring<QueuedMessage>;
  readonly #watchers = new Set<Watcher>();
  readonly #failures = new PlannedFailures();
  /** The recordings of the running code, the innermost first. */
  readonly #recordings = new AsyncLocalStorage<readonly MailOutbox[]>();
  /**
   * Recordings of queued mails by Message-ID, because a worker delivers them outside the recording. Only of the newest
   * `keep`, because some are never delivered. `clear` keeps them: recordings go on, and their mails are still to come.
   */
  readonly #queuedIn = new Map<string, readonly MailOutbox[]>();
  /** The outbox that this recording belongs to. */
  #whole: MailOutbox | undefined;

  /** @throws {MailError} `config` if `keep` is not a whole number above 0 */
  constructor({ keep = 10_000 }: MailOutboxOptions = {}) {
    if (!Number.isInteger(keep) || keep < 1) {
      throw new MailError(
        'config',
        `MailOutbox: expected \`keep\` to be a whole number above 0, got ${String(keep)}`,
      );
    }
    this.keep = keep;
    this.#messages = new Ring(keep);
    this.#queued = new Ring(keep);
  }

  /** Captured messages, oldest first. A copy: later messages do not appear in it. */
  get messages(): readonly RenderedMessage[] {
    return this.#messages.values;
  }

  /** Messages that `queue()` accepted, sent or not, oldest first. A copy. */
  get queued(): readonly QueuedMessage[] {
    return this.#queued.values;
  }

  /** Number of messages that newer ones replaced. */
  get dropped(): number {
    return this.#messages.dropped;
  }

  last(): RenderedMessage | undefined {
    return this.#messages.last();
  }

  /** Returns the messages to this envelope recipient, including cc and bcc. Letter case does not matter. */
  sentTo(address: string): readonly RenderedMessage[] {
    const wanted = address.toLowerCase();
    return this.messages.filter(({ envelope }) => envelope.to.some((to) => to.toLowerCase() === wanted));
  }

  /** Returns the links of a message, by default the last, each URL once: those of the html, then those only of the text. */
  links(message: RenderedMessage | undefined = this.last()): readonly FoundLink[] {
    return message ? linksIn(message) : [];
  }

  /** Returns the one-time codes of a message, by default the last: 4 to 8 digits, or groups such as `A1B2-C3D4`. */
  codes(message: RenderedMessage | undefined = this.last()): readonly string[] {
    return message ? codesIn(message) : [];
  }

  /** Forgets everything: messages, queued messages, the number of replaced messages, planned failures. */
  clear(): void {
    this.#messages.clear();
    this.#queued.clear();
    this.#failures.clear();
  }

  /**
   * Makes the next sends fail, and the next attempts of queued mails. Later ones succeed again.
   * @param failure an error, a code of `MailError`, or a server's reply: `failNext(550)`, `failNext('451 4.7.1 later')`
   * @param times their number; Infinity for all
   * @throws {MailError} `config` for any other failure
   */
  failNext(failure: PlannedFailure, times = 1): void {
    this.#failures.plan(failure, times);
  }

  /**
   * Runs a function and records the mails that it sends and queues. Recordings may run at the same time: each sees only
   * its own mails, also those delivered after it ended, and its `failNext` affects only those. Requests over HTTP are
   * not recorded: the code of a server runs in the context in which it began to listen.
   * @returns the recording, which `fn` also gets
   */
  async record(fn: (recording: MailOutbox) => unknown): Promise<MailOutbox> {
    const whole = this.#whole ?? this;
    const recording = new MailOutbox({ keep: this.keep });
    recording.#whole = whole;
    const outer = whole.#recordings.getStore() ?? [];
    await whole.#recordings.run([recording, ...outer], async () => fn(recording));
    return recording;
  }

  /**
   * Captures a message. Called by transports that capture.
   * @throws {Error} the failure that `failNext` has planned
   */
  capture(message: RenderedMessage): void {
    const { messageId } = message;
    const boxes = [...(this.#queuedIn.get(messageId) ?? this.#recordings.getStore() ?? []), this];
    for (const box of boxes) {
      const failure = box.#failures.take();
      if (failure) throw failure;
    }
    this.#queuedIn.delete(messageId);
    for (const box of boxes) box.#take(message);
  }

  /** Records a queued message. Called in the context that queued it. */
  enqueue(mail: QueuedMessage): void {
    const recordings = this.#recordings.getStore() ?? [];
    if (recordings.length > 0) this.#expect(mail.message.messageId, recordings);
    for (const box of [...recordings, this]) box.#queued.add(mail);
  }

  /**
   * Waits for the first message that matches, already captured or still to come.
   * @param match a function or a pattern: `{ to, subject: /welcome/i }`
   * @param options.timeout milliseconds; default 4000, so that a test fails with this error and not with its runner's
   * @throws {MailError} `timeout`, listing the captured messages; `message-invalid` for an unknown field of the pattern
   */
  async waitFor(
    match: MessageMatch | MailPattern = everything,
    { timeout = WAIT_MS } = {},
  ): Promise<RenderedMessage> {
    const matches = toMatch(match);
    const captured = this.messages.find(matches);
    return captured ?? this.#next(matches, timeout, () => this.#summary(match));
  }

  #expect(messageId: string, recordings: readonly MailOutbox[]): void {
    this.#queuedIn.set(messageId, recordings);
    const [oldest] = this.#queuedIn.keys();
    if (this.#queuedIn.size > this.keep && oldest !== undefined) this.#queuedIn.delete(oldest);
  }

  #take(message: RenderedMessage): void {
    this.#messages.add(message);
    for (const watcher of this.#watchers) if (watcher.match(message)) watcher.found(message);
  }

  #next(match: MessageMatch, timeout: number, summary: () => string): Promise<RenderedMessage> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        this.#watchers.delete(watcher);
      };
      const found = (message: RenderedMessage) => {
        leave();
        resolve(message);
      };
      const watcher = { match, found };
      const timer = setTimeout(() => {
        leave();
        reject(new MailError('timeout', `No such mail within ${timeout} ms. ${summary()}`));
      }, timeout);
      this.#watchers.add(watcher);
    });
  }

  #summary(match: MessageMatch | MailPattern): string {
    const { messages } = this;
    if (messages.length === 0) return 'Nothing was captured';
    const lines = typeof match === 'function' ? describeMails(messages) : describeNearest(messages, match);
    return [`Captured were ${messages.length}:`, ...lines].join('\n');
  }
}

function toMatch(match: MessageMatch | MailPattern): MessageMatch {
  if (typeof match === 'function') return match;
  checkPattern(match);
  return (message) => differencesOf(message, match).length === 0;
}
