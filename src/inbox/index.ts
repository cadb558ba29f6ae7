export { MailInboxModule } from './inbox.module.js';
export { isMailInbox } from './routing/inbox-controller.js';
export type { MailInboxModuleAsyncOptions, MailInboxOptionsFactory } from './inbox.async-options.js';
export type { MailInboxOptions } from './inbox.options.js';
export type { InboxReleaseOptions } from './release/release.options.js';
export type { ListenerOptions, MailListener, ReceivedMail } from './capture/listener.js';
