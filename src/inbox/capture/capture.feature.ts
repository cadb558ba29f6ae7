import { Logger } from '@nestjs/common';
import { MAIL_OBSERVER } from '../../mail.observer.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { MailroomView } from '../mailroom-view.js';
import type { InboxFeature } from '../routing/feature.js';
import { MailFiles } from '../store/mail-files.js';
import { MailStore } from '../store/mail-store.js';
import { TimelineNotes } from '../timeline/timeline-notes.js';
import { InboxWatch } from './inbox-watch.js';
import { MailCapture } from './mail-capture.js';
import { SmtpDoor } from './smtp-door.js';

export const CAPTURE: InboxFeature = {
  providers: [
    InboxWatch,
    SmtpDoor,
    TimelineNotes,
    { provide: MAIL_OBSERVER, useExisting: InboxWatch },
    {
      provide: MailStore,
      inject: [INBOX_OPTIONS],
      useFactory: ({ dir, keep }: ResolvedInboxOptions) =>
        new MailStore({ files: new MailFiles(dir), keep, onFault: tellFault() }),
    },
    {
      provide: MailCapture,
      inject: [MailStore, MailroomView, INBOX_OPTIONS],
      useFactory: (store: MailStore, mailroom: MailroomView, { watch }: ResolvedInboxOptions) =>
        new MailCapture({
          store,
          now: () => new Date(),
          wants: (mailer) => watch || mailroom.captures(mailer),
          captures: (mailer) => mailroom.captures(mailer),
          onFault: tellFault(),
        }),
    },
  ],
};

function tellFault(): (what: string) => void {
  const logger = new Logger('MailInbox');
  return (what) => logger.warn(what);
}
