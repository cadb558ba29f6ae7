export { MailError } from './mail.errors.js';
export type {
  MailErrorCode,
  MailErrorLocation,
  MailErrorOptions,
  MailErrorScope,
  MailOutcome,
  Rejection,
  SmtpReply,
} from './mail.errors.js';
export { getTransportToken, MAIL_OPTIONS, MAIL_TRANSPORT } from './mail.tokens.js';
export type * from './message/mail.js';
export type { Envelope } from './message/envelope.js';
export type { Mailbox } from './message/mailbox.js';
export type {
  Headers,
  Message,
  MessageAlternative,
  MessageAttachment,
  RenderedMessage,
} from './message/message.js';
export type { Receipt } from './message/receipt.js';
export type { AttemptOptions, Transport } from './transport/transport.js';
export type { RenderedBody, Renderer, RenderRequest } from './render/renderer.js';
