import { rm } from 'node:fs/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InboxObserver } from './capture/inbox-observer.js';
import { MailCapture } from './capture/mail-capture.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from './inbox.options.js';
import { MailStore } from './store/mail-store.js';

/** Loads stored mails at startup, and waits for pending writes at shutdown. */
@Injectable()
export class InboxLifecycle implements OnModuleInit, OnApplicationShutdown {
  readonly #store: MailStore;
  readonly #options: ResolvedInboxOptions;

  constructor(
    store: MailStore,
    capture: MailCapture,
    observer: InboxObserver,
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
  ) {
    this.#store = store;
    this.#options = options;
    // Starts before any mail can be sent, so captured mails are ordered after the stored ones.
    void store.open();
    observer.add(capture);
  }

  async onModuleInit(): Promise<void> {
    await this.#store.settled();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#store.settled();
    const { dir, isTemporary } = this.#options;
    if (isTemporary) await rm(dir, { recursive: true, force: true });
  }
}
