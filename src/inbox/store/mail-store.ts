import { messageOf } from '../../mail.errors.js';
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
  readonly #listeners = new Set<(change: StoreChange) => void>();
  #work: Promise<void> = Promise.resolve();

  constructor({ files, keep, onFault }: MailStoreOptions) {
    this.keep = keep;
    this.#files = files;
    this.#onFault = onFault;
  }

  /** Takes up what an earlier process left. */
  open(): Promise<void> {
    return this.#next(async () => {
      for (const mail of await this.#files.load()) this.#mails.set(mail.id, mail);
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

  /** The newest with that Message-ID. */
  byMessageId(messageId: string): CapturedMail | undefined {
    return this.mails.find((mail) => mail.messageId === messageId);
  }

  message(id: string): Promise<RenderedMessage> {
    return this.#files.message(id);
  }

  source(id: string): Promise<Buffer> {
    return this.#files.source(id);
  }

  /** Resolves when the mail is kept, or is not since the disk does not take it. */
  add(make: () => Promise<NewMail | undefined>): Promise<void> {
    return this.#next(async () => {
      const made = await make();
      if (!made) return;
      const order = (this.mails[0]?.order ?? 0) + 1;
      const mail = { ...made.mail, order };
      await this.#files.write(mail, made.content);
      this.#mails.set(mail.id, mail);
      this.#tell({ kind: 'message', mail, isNew: true });
      await this.#makeRoom();
    });
  }

  /** Changes one mail, when it is still there by then. */
  change(find: () => CapturedMail | undefined, change: (mail: CapturedMail) => CapturedMail): Promise<void> {
    return this.#next(async () => {
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
  remove(chosen?: (mail: CapturedMail) => boolean): Promise<void> {
    return this.#next(async () => {
      const ids = this.mails.filter((mail) => chosen?.(mail) ?? true).map(({ id }) => id);
      if (ids.length > 0) await this.#drop(ids, chosen === undefined);
    });
  }

  settled(): Promise<void> {
    return this.#work;
  }

  /** Tells of every change until the returned function is called. */
  onChange(listener: (change: StoreChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #makeRoom(): Promise<void> {
    const surplus = [...this.#mails.keys()].slice(0, Math.max(0, this.#mails.size - this.keep));
    if (surplus.length > 0) await this.#drop(surplus, false);
  }

  async #drop(ids: readonly string[], isAll: boolean): Promise<void> {
    for (const id of ids) this.#mails.delete(id);
    this.#tell({ kind: 'removed', ids: isAll ? 'all' : ids });
    for (const id of ids) await this.#files.remove(id);
  }

  #tell(change: StoreChange): void {
    for (const listener of this.#listeners) listener(change);
  }

  /** A fault is the disk's: told, and what comes next is tried all the same. */
  #next(work: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(work).catch((error: unknown) => {
      this.#onFault(`The mail inbox cannot use ${this.#files.dir}: ${messageOf(error)}`);
    });
    return this.#work;
  }
}
