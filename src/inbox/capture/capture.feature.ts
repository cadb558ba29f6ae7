import { Logger } from '@nestjs/common';
import { MAIL_OBSERVER } from '../../mail.observer.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { MailroomView } from '../mailroom-view.js';
import type { InboxFeature } from '../routing/inbox-controller.js';
import { MailFiles } from '../store/mail-files.js';
import { MailStore } from '../store/mail-store.js';
import { OperatorActions } from '../timeline/timeline.js';
import { InboxObserver } from './inbox-observer.js';
import { MailCapture } from './mail-capture.js';
import { SmtpReceiver } from './smtp-receiver.js';

export const CAPTURE: InboxFeature = {
  providers: [
    InboxObserver,
    SmtpReceiver,
    OperatorActions,
    { provide: MAIL_OBSERVER, useExisting: InboxObserver },
    {
      provide: MailStore,
      inject: [INBOX_OPTIONS],
      useFactory: ({ dir, keep }: ResolvedInboxOptions) =>
        new MailStore({ files: new MailFiles(dir), keep, onFault: faultLogger() }),
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
          onFault: faultLogger(),
        }),
    },
  ],
};

function faultLogger(): (message: string) => void {
  const logger = new Logger('MailInbox');
  return (message) => logger.warn(message);
}
