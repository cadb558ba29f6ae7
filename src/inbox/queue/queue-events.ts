import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { MailEventName } from '../../mail.events.js';
import { InboxWatch } from '../capture/inbox-watch.js';
import { LiveEvents } from '../live/live-events.js';

/** Those after which the queue looks different; `sent` and `failed` may also be about mails that were never in it. */
const QUEUE_EVENTS: ReadonlySet<MailEventName> = new Set<MailEventName>([
  'mail.queued',
  'mail.sending',
  'mail.sent',
  'mail.failed',
  'mail.deferred',
  'mail.released',
  'mail.dead',
  'mail.ambiguous',
  'mail.expired',
  'mail.paused',
  'mail.resumed',
]);

/** Milliseconds in which changes are merged into one event: a thousand mails are queued in less. */
const TOGETHER_MS = 100;

/** Tells the pages that follow that the queue has changed. */
@Injectable()
export class QueueEvents implements OnApplicationShutdown {
  readonly #events: LiveEvents;
  #timer: NodeJS.Timeout | undefined;

  constructor(watch: InboxWatch, events: LiveEvents) {
    this.#events = events;
    watch.add({
      onEvent: (name) => {
        if (QUEUE_EVENTS.has(name)) this.changed();
      },
    });
  }

  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#events.publish('queue', {});
    }, TOGETHER_MS);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
  }
}
