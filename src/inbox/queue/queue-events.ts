import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { MailEventName } from '../../mail.events.js';
import { InboxObserver } from '../capture/inbox-observer.js';
import { LiveEvents } from '../live/live-events.js';

/** Events that may change the queue; `sent` and `failed` also occur for mails that were never queued. */
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

/** Milliseconds within which changes are merged into one event, because bursts may queue thousands of mails. */
const MERGE_MS = 100;

/** Publishes changes of the queue to the pages. */
@Injectable()
export class QueueEvents implements OnApplicationShutdown {
  readonly #events: LiveEvents;
  #timer: NodeJS.Timeout | undefined;

  constructor(observer: InboxObserver, events: LiveEvents) {
    this.#events = events;
    observer.add({
      onEvent: (name) => {
        if (QUEUE_EVENTS.has(name)) this.publishSoon();
      },
    });
  }

  publishSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#events.publish('queue', {});
    }, MERGE_MS);
  }

  onApplicationShutdown(): void {
    clearTimeout(this.#timer);
  }
}
