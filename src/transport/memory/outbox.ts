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

/** Chooses messages of an outbox. */
export type MessageMatch = (message: RenderedMessage) => boolean;

export interface MailOutboxOptions {
  /** Messages kept; the oldest make room. @default 10000 */
  readonly keep?: number | undefined;
}

/** A message that was queued, and how. */
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

/** Shorter than Jest and Vitest let a test take, which is 5 seconds. */
const WAIT_MS = 4_000;

const everything: MessageMatch = () => true;

/** What was captured instead of sent: the newest `keep` messages, for tests and development. */
export class MailOutbox {
  readonly keep: number;
  readonly #messages: Ring<RenderedMessage>;
  readonly #queued: Ring<QueuedMessage>;
  readonly #watchers = new Set<Watcher>();
  readonly #failures = new PlannedFailures();
  /** The recordings that go on where code runs, the innermost first. */
  readonly #recordings = new AsyncLocalStorage<readonly MailOutbox[]>();
  /**
   * Of mails queued in recordings: a worker delivers them outside of it. By Message-ID; of the newest `keep`,
   * since some are never delivered. `clear` leaves it: recordings go on, and their mails are still to come.
   */
  readonly #queuedIn = new Map<string, readonly MailOutbox[]>();
  /** Whose captures are recorded here. */
  #whole: MailOutbox | undefined;

  /** @throws {MailError} `config` when `keep` is no whole number above 0 */
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

  /** Oldest first. A copy: what is captured later does not appear in it. */
  get messages(): readonly RenderedMessage[] {
    return this.#messages.values;
  }

  /** What `queue()` took, sent by now or not; oldest first. A copy. */
  get queued(): readonly QueuedMessage[] {
    return this.#queued.values;
  }

  /** How many messages made room for newer ones. */
  get dropped(): number {
    return this.#messages.dropped;
  }

  last(): RenderedMessage | undefined {
    return this.#messages.last();
  }

  /** Messages with this envelope recipient, so cc and bcc count too. Letter case does not matter. */
  sentTo(address: string): readonly RenderedMessage[] {
    const wanted = address.toLowerCase();
    return this.messages.filter(({ envelope }) => envelope.to.some((to) => to.toLowerCase() === wanted));
  }

  /** The links of a message, by default the last, each URL once: those of the html, then what only the text has. */
  links(message: RenderedMessage | undefined = this.last()): readonly FoundLink[] {
    return message ? linksIn(message) : [];
  }

  /** The one-time codes in a message, by default the last: 4 to 8 digits, or groups such as `A1B2-C3D4`. */
  codes(message: RenderedMessage | undefined = this.last()): readonly string[] {
    return message ? codesIn(message) : [];
  }

  /** Forgets everything: messages, what was queued, the count of dropped messages, planned failures. */
  clear(): void {
    this.#messages.clear();
    this.#queued.clear();
    this.#failures.clear();
  }

  /**
   * Makes the next sends fail, and with them the next attempts of what was queued; then all is well again.
   * @param failure an error, a code of `MailError`, or a server's reply: `failNext(550)`, `failNext('451 4.7.1 later')`
   * @param times how many of them; Infinity: all
   * @throws {MailError} `config` for a failure that is none of them
   */
  failNext(failure: PlannedFailure, times = 1): void {
    this.#failures.plan(failure, times);
  }

  /**
   * Runs a function and keeps what is sent and queued in it, at the same time as others do: each sees its own
   * mails alone, also those that are delivered only after it ended. `failNext` of the recording is for its own
   * mails, too. Requests over HTTP are not kept apart: the server's code runs where it began to listen.
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
   * Takes a message in. Called by transports that capture.
   * @throws {Error} what `failNext` has planned
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

  /** Takes note of a message that was queued. Called where it was. */
  enqueue(mail: QueuedMessage): void {
    const recordings = this.#recordings.getStore() ?? [];
    if (recordings.length > 0) this.#expect(mail.message.messageId, recordings);
    for (const box of [...recordings, this]) box.#queued.add(mail);
  }

  /**
   * The first message that matches, already captured or still to come.
   * @param match a function, or what has to match: `{ to, subject: /welcome/i }`
   * @param options.timeout milliseconds; default 4000, so that a test ends with this error and not with its runner's
   * @throws {MailError} `timeout`, saying what was captured instead; `message-invalid` for a field no pattern has
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
