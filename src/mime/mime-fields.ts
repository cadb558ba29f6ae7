import type MailComposer from 'nodemailer/lib/mail-composer';
import type {
  Headers,
  Mailbox,
  MessageAlternative,
  MessageAttachment,
  RenderedMessage,
} from '../message/message.js';
import { baseBoundary } from './boundary.js';
import { isAmp } from './entity.js';
import { plainLineEnds, withPlainLineEnds } from './line-ends.js';

/** The fields that nodemailer's composer reads. */
export type MimeFields = NonNullable<ConstructorParameters<typeof MailComposer>[0]>;

type HeaderLine = { key: string; value: string };
type MimePart = NonNullable<MimeFields['attachments']>[number];

/**
 * Returns a message in nodemailer's terms, for plugins that read its fields: the mail that `composeMime` composes. Values are
 * copies; no field makes nodemailer open a file or a URL.
 */
export function mimeFields(message: RenderedMessage): MimeFields {
  return {
    ...addressFields(message),
    messageId: message.messageId,
    date: message.date,
    subject: message.subject,
    headers: headerLines(message.headers),
    text: message.text === undefined ? undefined : plainLineEnds(message.text),
    html: message.html === undefined ? undefined : plainLineEnds(message.html),
    ...alternativeFields(message.alternatives),
    attachments: message.attachments.map(attachmentFields),
    baseBoundary: baseBoundary(message),
    newline: 'win',
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** Without Bcc on purpose: it stands only in the envelope. */
function addressFields({ from, sender, to, cc, replyTo }: RenderedMessage): MimeFields {
  return {
    from: address(from),
    ...(sender && { sender: address(sender) }),
    ...(to.length > 0 && { to: to.map(address) }),
    ...(cc.length > 0 && { cc: cc.map(address) }),
    ...(replyTo.length > 0 && { replyTo: replyTo.map(address) }),
  };
}

const address = ({ name, address }: Mailbox) => ({ name: name ?? '', address });

/** Lists headers, one line for each value. Not as a map, in which a name such as `constructor` would collide. */
function headerLines(headers: Headers): HeaderLine[] {
  return Object.entries(headers).flatMap(([key, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ key, value })),
  );
}

/** The AMP rendition must stand before the html part, or clients take it for the best one. */
function alternativeFields(alternatives: readonly MessageAlternative[]): MimeFields {
  const amp = alternatives.find(isAmp);
  return {
    ...(amp && { amp: { content: withPlainLineEnds(amp.content) } }),
    alternatives: alternatives
      .filter((alternative) => alternative !== amp)
      .map(({ contentType, content }) => ({ contentType, content: withPlainLineEnds(content) })),
  };
}

function attachmentFields(attachment: MessageAttachment): MimePart {
  return {
    content: attachment.content,
    contentType: attachment.contentType,
    contentDisposition: attachment.disposition,
    filename: attachment.filename ?? false,
    headers: headerLines(attachment.headers),
    ...(attachment.cid !== undefined && { cid: attachment.cid }),
  };
}
