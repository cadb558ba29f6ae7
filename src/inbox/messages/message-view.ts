import { asciiAddress } from '../../message/address/address.js';
import { formatMailbox } from '../../message/address/mailbox.js';
import { codesIn } from '../../message/extract/codes.js';
import { linksIn } from '../../message/extract/links.js';
import type { RenderedMessage } from '../../message/message.js';
import type { MessageFile, MessageSummary, MessageView } from '../api/messages.js';
import type { CapturedMail } from '../store/captured-mail.js';
import type { MailContent } from '../store/mail-files.js';
import { headersOf } from './source-headers.js';

/** Bytes of html after which Gmail shows "Message clipped". */
const CLIP = 102 * 1024;

export function summaryOf(mail: CapturedMail): MessageSummary {
  const {
    order: _order,
    messageId: _id,
    words: _words,
    context: _context,
    timeline: _timeline,
    ...summary
  } = mail;
  return summary;
}

export function viewOf(mail: CapturedMail, { message, source }: MailContent): MessageView {
  const { html, text, to, cc, replyTo, envelope } = message;
  const htmlBytes = Buffer.byteLength(html ?? '');
  return {
    ...summaryOf(mail),
    messageId: mail.messageId,
    toHeader: to.map(formatMailbox),
    cc: cc.map(formatMailbox),
    bcc: blindOf(message),
    replyTo: replyTo.map(formatMailbox),
    envelope: { from: envelope.from, to: envelope.to },
    headers: headersOf(source),
    hasHtml: html !== undefined,
    text,
    files: filesOf(message),
    links: linksIn({ html, text }),
    codes: codesIn({ html, text }),
    context: mail.context,
    timeline: mail.timeline,
    clip: { htmlBytes, limit: CLIP, clipped: htmlBytes > CLIP },
  };
}

function blindOf({ to, cc, envelope }: RenderedMessage): readonly string[] {
  const seen = new Set([...to, ...cc].map(({ address }) => asciiAddress(address).toLowerCase()));
  return envelope.to.filter((address) => !seen.has(address.toLowerCase()));
}

function filesOf({ attachments }: RenderedMessage): readonly MessageFile[] {
  return attachments.map(({ filename, contentType, content, cid }, index) => ({
    index,
    filename: filename ?? `file-${index}`,
    contentType,
    size: content.byteLength,
    cid,
  }));
}
