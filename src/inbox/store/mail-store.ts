import { messageOf } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { CapturedMail } from './captured-mail.js';
import type { MailContent, MailFiles } from './mail-files.js';

/** What changed in the inbox. */
export type StoreChange =
  | { readonly kind: 'message'; readonly mail: CapturedMail; readonly isNew: boolean }
  | { readonly kind: 'removed'; readonly ids: readonly string[] | 'all' };

/** A mail that has no place yet, with what is in it. */
export interface NewMail {
  readonly mail: Omit<CapturedMail, 'order'>;
  readonly content: MailContent;
}

export interface MailStoreOptions {
  readonly files: MailFiles;
  /** Mails kept. */
  readonly keep: number;
  readonly onFault: (what: string) => void;
}

/** Removed mails whose position is known, so that they still work as cursors. */
const REMEMBERED = 10_000;

/**
 * The mails of the inbox: an index in memory over the files they are kept in. Changes are made one after
 * the other, in the order they were asked for; `settled` is when those asked for so far are done.
 */
export class MailStore {
  readonly keep: number;
  readonly #files: MailFiles;
  readonly #onFault: (what: string) => void;
  /** Oldest first. */
  readonly #mails = new Map<string, CapturedMail>();
  /** Places of mails that were removed. */
  readonly #removed = new Map<string, number>();
  readonly #listeners = new Set<(change: StoreChange) => void>();
  /** The highest place there ever was. */
  #last = 0;
  #work: Promise<unknown> = Promise.resolve();

  constructor({ files, keep, onFault }: MailStoreOptions) {
    this.keep = keep;
    this.#files = files;
    this.#onFault = onFault;
  }

  /** Takes up what an earlier process left. */
  async open(): Promise<void> {
    await this.#next(async () => {
      for (const mail of await this.#files.load()) this.#put(mail);
      await this.#makeRoom();
    });
  }

  /** Newest first. */
  get mails(): readonly CapturedMail[] {
    return [...this.#mails.values()].toReversed();
  }

  get(id: string): CapturedMail | undefined {
    return this.#mails.get(id);
  }

  /** The place of a mail that is here, or was; undefined for an id that nobody remembers. */
  orderOf(id: string): number | undefined {
    return this.#mails.get(id)?.order ?? this.#removed.get(id);
  }

  /** The newest of the application's own with that Message-ID; what came back over SMTP is another copy. */
  byMessageId(messageId: string): CapturedMail | undefined {
    return this.mails.find((mail) => mail.messageId === messageId && mail.status !== 'received');
  }

  message(id: string): Promise<RenderedMessage> {
    return this.#files.message(id);
  }

  source(id: string): Promise<Buffer> {
    return this.#files.source(id);
  }

  /** Resolves with whether the mail is kept: one may not be made, and the disk may not take it. */
  async add(make: () => Promise<NewMail | undefined>): Promise<boolean> {
    const isKept = await this.#next(async () => {
      const made = await make();
      if (!made) return false;
      const mail = { ...made.mail, order: this.#last + 1 };
      await this.#files.write(mail, made.content);
      this.#put(mail);
      this.#tell({ kind: 'message', mail, isNew: true });
      await this.#makeRoom();
      return true;
    });
    return isKept ?? false;
  }

  /** Changes one mail, when it is still there by then. */
  async change(
    find: () => CapturedMail | undefined,
    change: (mail: CapturedMail) => CapturedMail,
  ): Promise<void> {
    await this.#next(async () => {
      const mail = find();
      if (!mail) return;
      const changed = change(mail);
      if (changed === mail) return;
      this.#mails.set(mail.id, changed);
      this.#tell({ kind: 'message', mail: changed, isNew: false });
      await this.#files.rewrite(changed);
    });
  }

  /** Removes the mails that are chosen, all of them by default. */
  async remove(chosen?: (mail: CapturedMail) => boolean): Promise<void> {
    await this.#next(async () => {
      const ids = this.mails.filter((mail) => chosen?.(mail) ?? true).map(({ id }) => id);
      if (ids.length > 0) await this.#drop(ids, chosen === undefined);
    });
  }

  async settled(): Promise<void> {
    await this.#work;
  }

  /** Tells of every change until the returned function is called. */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #put(mail: CapturedMail): void {
    this.#mails.set(mail.id, mail);
    this.#last = Math.max(this.#last, mail.order);
  }

  #forget(id: string): void {
    const mail = this.#mails.get(id);
    this.#mails.delete(id);
    if (mail) this.#removed.set(id, mail.order);
    const [oldest] = this.#removed.keys();
    if (this.#removed.size > REMEMBERED && oldest !== undefined) this.#removed.delete(oldest);
  }

  async #makeRoom(): Promise<void> {
    const surplus = [...this.#mails.keys()].slice(0, Math.max(0, this.#mails.size - this.keep));
    if (surplus.length > 0) await this.#drop(surplus, false);
  }

  async #drop(ids: readonly string[], isAll: boolean): Promise<void> {
    for (const id of ids) this.#forget(id);
    this.#tell({ kind: 'removed', ids: isAll ? 'all' : ids });
    for (const id of ids) await this.#files.remove(id);
  }

  #tell(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** A fault is the disk's: told, undefined, and what comes next is tried all the same. */
  #next<T>(work: () => Promise<T>): Promise<T | undefined> {
    const done = this.#work.then(work).catch((error: unknown) => {
      this.#onFault(`The mail inbox cannot use ${this.#files.dir}: ${messageOf(error)}`);
      return undefined;
    });
    this.#work = done;
    return done;
  }
}
