import type { FieldRules } from '../message/values/fields.js';
import { RENAMED, UNSUPPORTED } from '../message/nodemailer-fields.js';
import type { Mail } from '../message/mail.js';

export type MailField = keyof Mail;

/** Every field of a mail: the compiler misses one that is added there and not here. */
const ALL: Readonly<Record<MailField, true>> = {
  to: true,
  cc: true,
  bcc: true,
  from: true,
  sender: true,
  replyTo: true,
  template: true,
  context: true,
  locale: true,
  timeZone: true,
  subject: true,
  html: true,
  text: true,
  attachments: true,
  headers: true,
  messageId: true,
  inReplyTo: true,
  references: true,
  date: true,
  priority: true,
  listUnsubscribe: true,
  icalEvent: true,
  dsn: true,
  alternatives: true,
  envelope: true,
  tags: true,
  metadata: true,
  provider: true,
};

function isMailField(name: string): name is MailField {
  return Object.hasOwn(ALL, name);
}

export const MAIL: FieldRules<MailField> = {
  known: Object.keys(ALL).filter(isMailField),
  renamed: RENAMED,
  unsupported: UNSUPPORTED,
};
