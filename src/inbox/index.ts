export { MailInboxModule } from './inbox.module.js';
export { isMailInbox } from './safety/inbox-controller.js';
export type { MailInboxOptions } from './inbox.options.js';
export type { InboxReleaseOptions } from './release/release.options.js';
export type { ListenerOptions, MailListener, ReceivedMail } from './capture/listener.js';
