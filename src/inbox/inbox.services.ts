import type { Provider, Type } from '@nestjs/common';
import { InboxWatch } from './capture/inbox-watch.js';
import { ChaosController } from './chaos/chaos.controller.js';
import { ChaosRules } from './chaos/chaos-rules.js';
import { FindingsController } from './findings/findings.controller.js';
import { Gallery } from './gallery/gallery.js';
import { GalleryController } from './gallery/gallery.controller.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from './inbox.options.js';
import { LinkCheck } from './links/link-check.js';
import { LinksController } from './links/links.controller.js';
import { LiveEvents } from './live/live-events.js';
import { MailroomView } from './mailroom-view.js';
import { QueueController } from './queue/queue.controller.js';
import { QueueEvents } from './queue/queue-events.js';
import { QueueNotes } from './queue/queue-notes.js';
import { QueueWatch } from './queue/queue-watch.js';
import { MailRelease } from './release/mail-release.js';
import { ReleaseController } from './release/release.controller.js';
import { SampleSender } from './release/sample-sender.js';

/** What the inbox does beside showing mails. Every one is made by `InboxController`. */
export const SERVICE_CONTROLLERS: readonly Type<object>[] = [
  ChaosController,
  FindingsController,
  GalleryController,
  LinksController,
  QueueController,
  ReleaseController,
];

export const SERVICE_PROVIDERS: readonly Provider[] = [
  Gallery,
  QueueEvents,
  QueueNotes,
  QueueWatch,
  SampleSender,
  { provide: LinkCheck, useFactory: () => new LinkCheck() },
  {
    provide: ChaosRules,
    inject: [InboxWatch, LiveEvents, MailroomView],
    useFactory: (watch: InboxWatch, events: LiveEvents, mailroom: MailroomView) => {
      const onChange = (): void => events.publish('chaos', { rules: rules.list });
      const rules: ChaosRules = new ChaosRules(onChange, () => mailroom.templates);
      watch.add({ rehearse: (message) => rules.strike(message) });
      return rules;
    },
  },
  {
    provide: MailRelease,
    inject: [INBOX_OPTIONS, MailroomView],
    useFactory: ({ release }: ResolvedInboxOptions, mailroom: MailroomView) =>
      new MailRelease({
        ...release,
        mailers: () => mailroom.mailers,
        captures: (name) => mailroom.captures(name),
      }),
  },
];
