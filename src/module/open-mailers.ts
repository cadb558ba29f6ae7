import type { Mailer } from '../mail.service.js';

/** Milliseconds for which an unused mailer stays open. */
const IDLE_MS = 60_000;
/** Most mailers that stay open without a mail under way. */
const MAX_OPEN = 500;

/** A mailer that was made while the application runs. It closes once it is retired and nothing uses it. */
export class OpenMailer {
  readonly mailer: Mailer;
  /** The options it was made of, see `MailerReading.keyOf`. */
  readonly key: string;
  readonly #close: () => Promise<void>;
  #users = 0;
  #isRetired = false;
  #closing: Promise<void> | undefined;
  #usedAt = performance.now();

  constructor(mailer: Mailer, key: string, close: () => Promise<void>) {
    this.mailer = mailer;
    this.key = key;
    this.#close = close;
  }

  get isRetired(): boolean {
    return this.#isRetired;
  }

  /** Undefined until it begins to close. */
  get closing(): Promise<void> | undefined {
    return this.#closing;
  }

  get isUsed(): boolean {
    return this.#users > 0;
  }

  /** A span of its rate limit may be longer than it would stay open. */
  isIdle(now: number): boolean {
    const limit = this.mailer.limiter?.given;
    const span = limit === undefined || limit === 'account' ? 0 : limit.per;
    return !this.isUsed && now - this.#usedAt >= Math.max(IDLE_MS, span);
  }

  /** Keeps it open until the returned function is called, once. Must not be called when it is retired. */
  lend(): () => void {
    this.#users += 1;
    return () => {
      this.#users -= 1;
      this.#usedAt = performance.now();
      this.#closeIfOver();
    };
  }

  retire(): void {
    this.#isRetired = true;
    this.#closeIfOver();
  }

  #closeIfOver(): void {
    if (this.#isRetired && !this.isUsed) this.#closing ??= this.#close();
  }
}

/** Mailers that were made while the application runs, by name. Those that nobody uses close, the least recently used first. */
export class OpenMailers {
  /** Least recently used first. */
  readonly #open = new Map<string, OpenMailer>();
  readonly #retired = new Set<OpenMailer>();
  #sweeping: NodeJS.Timeout | undefined;

  get(name: string): OpenMailer | undefined {
    return this.#open.get(name);
  }

  /** Number of mailers that hold a transport. */
  get size(): number {
    return this.#open.size + this.#retired.size;
  }

  /** Adds a mailer, or makes it the most recently used one. Another one of that name closes after its mails. */
  put(name: string, opened: OpenMailer): void {
    if (this.#open.get(name) !== opened) this.retire(name);
    this.#open.delete(name);
    this.#open.set(name, opened);
    this.#evict();
    this.#sweeping ??= setInterval(() => this.#sweep(), IDLE_MS / 2).unref();
  }

  retire(name: string): void {
    const opened = this.#open.get(name);
    if (!opened) return;
    this.#open.delete(name);
    this.#retired.add(opened);
    opened.retire();
    this.#forgetClosed();
  }

  /** Resolves when all are closed. Nothing may use one any more. */
  async close(): Promise<void> {
    for (const name of this.#open.keys()) this.retire(name);
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
    await Promise.all([...this.#retired].map(async ({ closing }) => closing));
  }

  #evict(): void {
    let excess = this.#open.size - MAX_OPEN;
    if (excess <= 0) return;
    for (const [name, opened] of this.#open) {
      if (excess <= 0) return;
      if (opened.isUsed) continue;
      this.retire(name);
      excess -= 1;
    }
  }

  #sweep(): void {
    const now = performance.now();
    for (const [name, opened] of this.#open) if (opened.isIdle(now)) this.retire(name);
    this.#forgetClosed();
    if (this.size > 0) return;
    clearInterval(this.#sweeping);
    this.#sweeping = undefined;
  }

  /** Those that close now are kept until the next sweep, so that `close` waits for them. */
  #forgetClosed(): void {
    for (const opened of this.#retired) {
      void opened.closing?.then(() => this.#retired.delete(opened));
    }
  }
}
