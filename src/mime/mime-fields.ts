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

/** The fields nodemailer's composer reads. */
export type MimeFields = NonNullable<ConstructorParameters<typeof MailComposer>[0]>;

type HeaderLine = { key: string; value: string };
type MimePart = NonNullable<MimeFields['attachments']>[number];

/**
 * A message in nodemailer's words: what `composeMime` composes, and what a plugin that talks to an
 * HTTP interface reads. Values are copies; no field makes nodemailer open a file or a URL.
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

/** Bcc is missing on purpose: it is in the envelope alone. */
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

/** Several values are several lines. A list, since a map would let a name such as `constructor` collide. */
function headerLines(headers: Headers): HeaderLine[] {
  return Object.entries(headers).flatMap(([key, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ key, value })),
  );
}

/** The AMP rendition has a place of its own: before the html part, or clients show it as if it were the best. */
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
