export { MailInboxModule } from './inbox.module.js';
export type { InboxReleaseOptions, MailInboxOptions } from './inbox.options.js';
export type { ListenerOptions, MailListener, ReceivedMail } from './capture/listener.js';
