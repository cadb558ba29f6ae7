import { summaryOf } from '../messages/message-view.js';
import type { InboxFeature } from '../routing/inbox-controller.js';
import { MailStore } from '../store/mail-store.js';
import { EventsController } from './events.controller.js';
import { LiveEvents } from './live-events.js';
import { MessageWait } from './message-wait.js';
import { ShutdownSignal } from './shutdown-signal.js';
import { WaitController } from './wait.controller.js';

export const LIVE: InboxFeature = {
  controllers: [WaitController, EventsController],
  providers: [
    ShutdownSignal,
    MessageWait,
    {
      provide: LiveEvents,
      inject: [MailStore],
      useFactory: (store: MailStore) => {
        const events = new LiveEvents();
        store.onChange((change) => {
          if (change.kind === 'message') events.publish('message', summaryOf(change.mail));
          else events.publish('removed', change.ids === 'all' ? { all: true } : { ids: change.ids });
        });
        return events;
      },
    },
  ],
};
