import { signal } from '@preact/signals';

import type { MessagePage, MessageSummary } from '../../api/messages.js';

/** Where mails come from, and where changes to them go. */
export interface MessageSource {
  find(q: string, before?: string, signal?: AbortSignal): Promise<MessagePage>;
  markUnread(id: string, unread: boolean): Promise<unknown>;
}

/** Milliseconds to wait for more news before the first page is read again: a loop may send hundreds. */
const SETTLE_MS = 120;
/** Milliseconds after which it is read though the news goes on. */
const LONGEST_WAIT_MS = 500;

/**
 * The list of mails, newest first. What is new is read from the server, whose search decides; news only
 * says that there is some.
 */
export class Mailbox {
  readonly messages = signal<readonly MessageSummary[]>([]);
  readonly total = signal(0);
  readonly unread = signal(0);
  readonly state = signal<'loading' | 'ready' | 'failed'>('loading');
  /** Why the last search found nothing to show: it makes no sense, or the application is down. */
  readonly problem = signal<Error | undefined>(undefined);
  /** The mail that was last reported as changed, and how many reports there were. */
  readonly lastChange = signal({ id: '', count: 0 });
  readonly #source: MessageSource;
  #q = '';
  #next: string | undefined;
  #reading = new AbortController();
  #readingMore = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the first news came that is not read yet. */
  #newsAt: number | undefined;
  #read: Promise<boolean> = Promise.resolve(true);

  constructor(source: MessageSource) {
    this.#source = source;
  }

  /** Shows the mails that match. */
  async search(q: string): Promise<void> {
    this.#q = q;
    this.#next = undefined;
    if (await this.#readFirst((page) => page.messages)) return;
    this.messages.value = [];
    this.total.value = 0;
  }

  /** Reads on behind the last mail, if there are more. One who scrolls on asks again where that failed. */
  async more(): Promise<void> {
    if (this.#next === undefined || this.#readingMore) return;
    const q = this.#q;
    this.#readingMore = true;
    try {
      const page = await this.#source.find(q, this.#next);
      if (q === this.#q) this.#append(page);
    } catch {
      // The application is down; the page says so already.
    } finally {
      this.#readingMore = false;
    }
  }

  changed(summary: MessageSummary): void {
    this.messages.value = this.messages.value.map((old) => (old.id === summary.id ? summary : old));
    this.lastChange.value = { id: summary.id, count: this.lastChange.value.count + 1 };
    this.#refreshSoon();
  }

  removed(ids: readonly string[] | 'all'): void {
    this.messages.value = ids === 'all' ? [] : this.messages.value.filter(({ id }) => !ids.includes(id));
    this.#refreshSoon();
  }

  async markUnread(id: string, unread: boolean): Promise<void> {
    await this.#source.markUnread(id, unread);
    const known = this.messages.value.find((mail) => mail.id === id);
    if (known === undefined || known.unread === unread) return this.#refreshSoon();
    this.unread.value += unread ? 1 : -1;
    this.changed({ ...known, unread });
  }

  /** Reads the first page again, and keeps what was read behind it. */
  async refresh(): Promise<void> {
    await this.#readFirst((page) => withTail(page, this.messages.value));
  }

  #refreshSoon(): void {
    const now = Date.now();
    this.#newsAt ??= now;
    const longest = Math.max(0, this.#newsAt + LONGEST_WAIT_MS - now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#readNews(), Math.min(SETTLE_MS, longest));
  }

  /** A read that is under way is not given up for the next: then none would end while news comes in. */
  async #readNews(): Promise<void> {
    let read: Promise<boolean>;
    do {
      read = this.#read;
      await read;
    } while (read !== this.#read);
    // Another that waited for it may have read the news by now.
    if (this.#newsAt === undefined) return;
    this.#newsAt = undefined;
    await this.refresh();
  }

  /** @returns false when it failed; true also when another read took its place */
  #readFirst(merge: (page: MessagePage) => readonly MessageSummary[]): Promise<boolean> {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#read = this.#readPage(merge, this.#reading.signal);
    return this.#read;
  }

  async #readPage(
    merge: (page: MessagePage) => readonly MessageSummary[],
    aborted: AbortSignal,
  ): Promise<boolean> {
    try {
      const page = await this.#source.find(this.#q, undefined, aborted);
      if (!aborted.aborted) this.#show(merge(page), page);
      return true;
    } catch (error) {
      if (aborted.aborted) return true;
      this.problem.value = error instanceof Error ? error : new Error('The mails cannot be read.');
      this.state.value = 'failed';
      return false;
    }
  }

  #show(messages: readonly MessageSummary[], page: MessagePage): void {
    if (messages.length === page.messages.length) this.#next = page.next;
    this.messages.value = messages;
    this.total.value = page.total;
    this.unread.value = page.unread;
    this.problem.value = undefined;
    this.state.value = 'ready';
  }

  #append(page: MessagePage): void {
    const known = new Set(this.messages.value.map(({ id }) => id));
    this.messages.value = [...this.messages.value, ...page.messages.filter(({ id }) => !known.has(id))];
    this.#next = page.next;
  }
}

/** A fresh first page with those older mails that were read before. */
function withTail(page: MessagePage, before: readonly MessageSummary[]): readonly MessageSummary[] {
  const last = page.messages.at(-1);
  if (page.next === undefined || last === undefined) return page.messages;
  const fresh = new Set(page.messages.map(({ id }) => id));
  return [...page.messages, ...before.filter(({ id, at }) => !fresh.has(id) && at <= last.at)];
}
