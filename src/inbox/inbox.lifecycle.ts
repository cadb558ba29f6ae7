import { rm } from 'node:fs/promises';
import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { InboxWatch } from './capture/inbox-watch.js';
import { MailCapture } from './capture/mail-capture.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from './inbox.options.js';
import { MailStore } from './store/mail-store.js';

/** What the inbox does at startup and at shutdown. */
@Injectable()
export class InboxLifecycle implements OnModuleInit, OnApplicationShutdown {
  readonly #store: MailStore;
  readonly #options: ResolvedInboxOptions;

  constructor(
    store: MailStore,
    capture: MailCapture,
    watch: InboxWatch,
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
  ) {
    this.#store = store;
    this.#options = options;
    // Begun before any mail can be sent, so what is captured comes behind what was there.
    void store.open();
    watch.add(capture);
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
