import { MailError } from '../../mail.errors.js';
import type { RenderedMessage } from '../../message/message.js';

/** Chooses messages of an outbox. */
export type MessageMatch = (message: RenderedMessage) => boolean;

export interface MailOutboxOptions {
  /** Messages kept; the oldest make room. @default 10000 */
  readonly keep?: number | undefined;
}

interface Watcher {
  readonly match: MessageMatch;
  readonly found: (message: RenderedMessage) => void;
}

const everything: MessageMatch = () => true;

/** What was captured instead of sent: the newest `keep` messages, for tests and development. */
export class MailOutbox {
  readonly keep: number;
  readonly #ring: RenderedMessage[] = [];
  readonly #watchers = new Set<Watcher>();
  #oldest = 0;
  #dropped = 0;

  /** @throws {MailError} `config` when `keep` is no whole number above 0 */
  constructor({ keep = 10_000 }: MailOutboxOptions = {}) {
    if (!Number.isInteger(keep) || keep < 1) {
      throw new MailError(
        'config',
        `MailOutbox: expected \`keep\` to be a whole number above 0, got ${String(keep)}`,
      );
    }
    this.keep = keep;
  }

  /** Oldest first. A copy: what is captured later does not appear in it. */
  get messages(): readonly RenderedMessage[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)];
  }

  /** How many messages made room for newer ones. */
  get dropped(): number {
    return this.#dropped;
  }

  last(): RenderedMessage | undefined {
    return this.#ring.at(this.#oldest - 1);
  }

  /** Messages with this envelope recipient, so cc and bcc count too. Letter case does not matter. */
  sentTo(address: string): readonly RenderedMessage[] {
    const wanted = address.toLowerCase();
    return this.messages.filter(({ envelope }) => envelope.to.some((to) => to.toLowerCase() === wanted));
  }

  /** Forgets everything, the count of dropped messages included. */
  clear(): void {
    this.#ring.length = 0;
    this.#oldest = 0;
    this.#dropped = 0;
  }

  /** Takes a message in. Called by transports that capture. */
  capture(message: RenderedMessage): void {
    if (this.#ring.length < this.keep) {
      this.#ring.push(message);
    } else {
      this.#ring[this.#oldest] = message;
      this.#oldest = (this.#oldest + 1) % this.keep;
      this.#dropped += 1;
    }
    for (const watcher of this.#watchers) if (watcher.match(message)) watcher.found(message);
  }

  /**
   * The first message that matches, already captured or still to come.
   * @param options.timeout milliseconds; default 5000
   * @throws {MailError} `timeout`, saying what was captured instead
   */
  async waitFor(match: MessageMatch = everything, { timeout = 5000 } = {}): Promise<RenderedMessage> {
    return this.messages.find(match) ?? (await this.#next(match, timeout));
  }

  #next(match: MessageMatch, timeout: number): Promise<RenderedMessage> {
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
        reject(new MailError('timeout', `No such mail within ${timeout} ms. ${this.#summary()}`));
      }, timeout);
      this.#watchers.add(watcher);
    });
  }

  #summary(): string {
    const newest = this.messages.slice(-10);
    if (newest.length === 0) return 'Nothing was captured';
    const lines = newest.map(
      ({ subject, envelope }) => `  - ${JSON.stringify(subject)} to ${envelope.to.join(', ')}`,
    );
    return [`Captured were ${this.#ring.length}, the newest:`, ...lines].join('\n');
  }
}
