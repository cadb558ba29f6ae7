import { Injectable, type OnModuleInit } from '@nestjs/common';
import { summaryOf } from '../messages/message-view.js';
import { MailStore, type StoreChange } from '../store/mail-store.js';
import { LiveEvents } from './live-events.js';

/** Tells the pages that follow what changes in the store. */
@Injectable()
export class StoreEvents implements OnModuleInit {
  readonly #store: MailStore;
  readonly #events: LiveEvents;

  constructor(store: MailStore, events: LiveEvents) {
    this.#store = store;
    this.#events = events;
  }

  onModuleInit(): void {
    this.#store.onChange((change) => this.#publish(change));
  }

  #publish(change: StoreChange): void {
    if (change.kind === 'message') this.#events.publish('message', summaryOf(change.mail));
    else this.#events.publish('removed', change.ids === 'all' ? { all: true } : { ids: change.ids });
  }
}
