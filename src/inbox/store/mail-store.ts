import { messageOf } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { CapturedMail } from './captured-mail.js';
import type { MailContent, MailFiles } from './mail-files.js';

export type StoreChange =
  | { readonly kind: 'message'; readonly mail: CapturedMail }
  | { readonly kind: 'removed'; readonly ids: readonly string[] | 'all' };

/** A captured mail that has no position yet, with its content. */
export interface CaptureRecord {
  readonly mail: Omit<CapturedMail, 'order'>;
  readonly content: MailContent;
}

export interface MailStoreOptions {
  readonly files: MailFiles;
  /** Number of mails kept. */
  readonly keep: number;
  readonly onFault: (message: string) => void;
}

/** Removed mails whose position is remembered, so that their ids still work as cursors. */
const MAX_REMOVED = 10_000;

/**
 * The mails of the inbox: an index in memory over the files. Changes run one after the other, in the order of
 * their calls; `settled` resolves once all changes requested so far are done.
 */
export class MailStore {
  readonly #keep: number;
  readonly #files: MailFiles;
  readonly #onFault: (message: string) => void;
  /** By id, oldest first. */
  readonly #mails = new Map<string, CapturedMail>();
  /** Positions of removed mails. */
  readonly #removed = new Map<string, number>();
  readonly #listeners = new Set<(change: StoreChange) => void>();
  /** Highest position assigned so far. */
  #lastOrder = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor({ files, keep, onFault }: MailStoreOptions) {
    this.#keep = keep;
    this.#files = files;
    this.#onFault = onFault;
  }

  /** Loads the mails of earlier processes. */
  async open(): Promise<void> {
    await this.#enqueue(async () => {
      for (const mail of await this.#files.load()) this.#put(mail);
      await this.#evictOldest();
    });
  }

  /** Newest first. */
  get mails(): readonly CapturedMail[] {
    return [...this.#mails.values()].toReversed();
  }

  get(id: string): CapturedMail | undefined {
    return this.#mails.get(id);
  }

  /** Position of a mail, also of a removed one; undefined if the id is unknown. */
  orderOf(id: string): number | undefined {
    return this.#mails.get(id)?.order ?? this.#removed.get(id);
  }

  /** Newest own mail of the application with that Message-ID; a copy that came back over SMTP is a different mail. */
  byMessageId(messageId: string): CapturedMail | undefined {
    return this.mails.find((mail) => mail.messageId === messageId && mail.status !== 'received');
  }

  message(id: string): Promise<RenderedMessage> {
    return this.#files.message(id);
  }

  source(id: string): Promise<Buffer> {
    return this.#files.source(id);
  }

  /** Resolves with whether the mail was stored: `make` may decline, and writing may fail. */
  async add(make: () => Promise<CaptureRecord | undefined>): Promise<boolean> {
    const isStored = await this.#enqueue(async () => {
      const made = await make();
      if (!made) return false;
      const mail = { ...made.mail, order: this.#lastOrder + 1 };
      await this.#files.write(mail, made.content);
      this.#put(mail);
      this.#notify({ kind: 'message', mail });
      await this.#evictOldest();
      return true;
    });
    return isStored ?? false;
  }

  /** Changes one mail, unless it is gone when its turn comes. */
  async change(
    find: () => CapturedMail | undefined,
    change: (mail: CapturedMail) => CapturedMail,
  ): Promise<void> {
    await this.#enqueue(async () => {
      const mail = find();
      if (!mail) return;
      const changed = change(mail);
      if (changed === mail) return;
      this.#mails.set(mail.id, changed);
      this.#notify({ kind: 'message', mail: changed });
      await this.#files.rewrite(changed);
    });
  }

  /** Removes the chosen mails, by default all. */
  async remove(chosen?: (mail: CapturedMail) => boolean): Promise<void> {
    await this.#enqueue(async () => {
      const ids = this.mails.filter((mail) => chosen?.(mail) ?? true).map(({ id }) => id);
      if (ids.length > 0) await this.#drop(ids, chosen === undefined);
    });
  }

  async settled(): Promise<void> {
    await this.#work;
  }

  /** Calls `listener` for every change, until the returned function is called. */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(mail: CapturedMail): void {
    this.#mails.set(mail.id, mail);
    this.#lastOrder = Math.max(this.#lastOrder, mail.order);
  }

  #forget(id: string): void {
    const mail = this.#mails.get(id);
    this.#mails.delete(id);
    if (mail) this.#removed.set(id, mail.order);
    const [oldest] = this.#removed.keys();
    if (this.#removed.size > MAX_REMOVED && oldest !== undefined) this.#removed.delete(oldest);
  }

  async #evictOldest(): Promise<void> {
    const surplus = [...this.#mails.keys()].slice(0, Math.max(0, this.#mails.size - this.#keep));
    if (surplus.length > 0) await this.#drop(surplus, false);
  }

  async #drop(ids: readonly string[], isAll: boolean): Promise<void> {
    for (const id of ids) this.#forget(id);
    this.#notify({ kind: 'removed', ids: isAll ? 'all' : ids });
    for (const id of ids) await this.#files.remove(id);
  }

  #notify(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** Reports a fault, which the disk caused, and resolves with undefined; later changes still run. */
  #enqueue<T>(work: () => Promise<T>): Promise<T | undefined> {
    const done = this.#work.then(work).catch((error: unknown) => {
      this.#onFault(`The mail inbox cannot use ${this.#files.dir}: ${messageOf(error)}`);
      return undefined;
    });
    this.#work = done;
    return done;
  }
}
