import type { FieldRules } from '../message/values/fields.js';
import type { Mail } from '../message/mail.js';

export type MailField = keyof Mail;

/** Every field of a mail; the compiler finds a field that is missing here. */
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

/** Fields of nodemailer, its Nest module and Flask-Mail that have another name here. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['amp', "alternatives: [{ contentType: 'text/x-amp-html', content }]"],
  ['body', 'text'],
  ['extra_headers', 'headers'],
  ['list', 'listUnsubscribe'],
  ['recipients', 'to'],
  ['reply_to', 'replyTo'],
  ['templateName', 'template'],
  ['transporterName', 'mailer(name) of MailService'],
  ['variables', 'context'],
  ['watchHtml', 'alternatives'],
]);

const FILES = 'File access is never opened by a mail: name folders in attachments.roots of the options.';
const NETWORK = 'Nothing is fetched from the network while a mail is composed.';
const ENCODING = 'Mail is UTF-8, and the transfer encoding is chosen from the content.';
const MODULE = 'It belongs to the options of the module or of a mailer, not to a mail.';

/** Fields of nodemailer that are unsupported here. */
const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['attachDataUrls', 'Attach the image with a cid and refer to it as cid:….'],
  ['auth', MODULE],
  ['boundaryPrefix', 'Boundaries are chosen by the module.'],
  ['baseBoundary', 'Boundaries are chosen by the module.'],
  ['charset', ENCODING],
  ['dkim', MODULE],
  ['disableFileAccess', FILES],
  ['disableUrlAccess', NETWORK],
  ['encoding', ENCODING],
  ['href', NETWORK],
  ['newline', 'Lines end with CR LF, as RFC 5322 says.'],
  ['normalizeHeaderKey', 'Header names are sent as they are given.'],
  ['path', FILES],
  ['raw', 'A message is composed from its fields, so that its envelope and headers can be checked.'],
  ['textEncoding', ENCODING],
]);

export const MAIL: FieldRules<MailField> = {
  known: Object.keys(ALL).filter(isMailField),
  renamed: RENAMED,
  unsupported: UNSUPPORTED,
};
