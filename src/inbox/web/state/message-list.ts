import { signal } from '@preact/signals';

import type { MessagePage, MessageSummary } from '../../api/messages.js';

export interface MessageSource {
  find(q: string, before?: string, signal?: AbortSignal): Promise<MessagePage>;
  markUnread(id: string, unread: boolean): Promise<unknown>;
}

/** Milliseconds to wait for further changes before reloading the first page: a loop may send hundreds of mails. */
const SETTLE_MS = 120;
/** Milliseconds after which the page is reloaded even if changes keep coming. */
const MAX_WAIT_MS = 500;

/**
 * The list of mails, newest first. Events only trigger a reload: the search of the server decides which mails
 * match.
 */
export class MessageList {
  readonly messages = signal<readonly MessageSummary[]>([]);
  readonly total = signal(0);
  readonly unread = signal(0);
  readonly state = signal<'loading' | 'ready' | 'failed'>('loading');
  /** Why the last search failed: it is invalid, or the application is down. */
  readonly problem = signal<Error | undefined>(undefined);
  /** Id of the last changed mail; `count` makes repeated changes of one mail distinguishable. */
  readonly lastChange = signal({ id: '', count: 0 });
  readonly #source: MessageSource;
  #q = '';
  #next: string | undefined;
  #reading = new AbortController();
  #readingMore = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Time of the first change since the last reload. */
  #changedAt: number | undefined;
  #read: Promise<boolean> = Promise.resolve(true);

  constructor(source: MessageSource) {
    this.#source = source;
  }

  async search(q: string): Promise<void> {
    this.#q = q;
    this.#next = undefined;
    if (await this.#readFirst((page) => page.messages)) return;
    this.messages.value = [];
    this.total.value = 0;
  }

  /** Loads the next page, if there is one. After a failure, further scrolling tries again. */
  async more(): Promise<void> {
    if (this.#next === undefined || this.#readingMore) return;
    const q = this.#q;
    this.#readingMore = true;
    try {
      const page = await this.#source.find(q, this.#next);
      if (q === this.#q) this.#append(page);
    } catch {
      // The application is down, which the page already shows.
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

  /** Reloads the first page and keeps the later pages. */
  async refresh(): Promise<void> {
    await this.#readFirst((page) => withTail(page, this.messages.value));
  }

  #refreshSoon(): void {
    const now = Date.now();
    this.#changedAt ??= now;
    const longest = Math.max(0, this.#changedAt + MAX_WAIT_MS - now);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#reload(), Math.min(SETTLE_MS, longest));
  }

  /** Waits for a running read instead of aborting it: otherwise no read would finish while changes keep coming. */
  async #reload(): Promise<void> {
    let read: Promise<boolean>;
    do {
      read = this.#read;
      await read;
    } while (read !== this.#read);
    // Another caller that waited may already have reloaded.
    if (this.#changedAt === undefined) return;
    this.#changedAt = undefined;
    await this.refresh();
  }

  /** @returns false if it failed; true also if another read replaced it */
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

/** Joins a fresh first page with the older mails loaded before. */
function withTail(page: MessagePage, before: readonly MessageSummary[]): readonly MessageSummary[] {
  const last = page.messages.at(-1);
  if (page.next === undefined || last === undefined) return page.messages;
  const fresh = new Set(page.messages.map(({ id }) => id));
  return [...page.messages, ...before.filter(({ id, at }) => !fresh.has(id) && at <= last.at)];
}
