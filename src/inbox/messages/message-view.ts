import { asciiAddress } from '../../message/address/address.js';
import { formatMailbox } from '../../message/address/mailbox.js';
import { codesIn } from '../../message/extract/codes.js';
import { linksIn } from '../../message/extract/links.js';
import type { RenderedMessage } from '../../message/message.js';
import type { AttachmentView, MessageSummary, MessageView } from '../api/messages.js';
import type { CapturedMail } from '../store/captured-mail.js';
import type { MailContent } from '../store/mail-files.js';

/** Bytes of html beyond which Gmail clips a message. */
const GMAIL_CLIP_BYTES = 102 * 1024;

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
    bcc: bccOf(message),
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
    clip: { htmlBytes, limit: GMAIL_CLIP_BYTES, clipped: htmlBytes > GMAIL_CLIP_BYTES },
  };
}

function bccOf({ to, cc, envelope }: RenderedMessage): readonly string[] {
  const seen = new Set([...to, ...cc].map(({ address }) => asciiAddress(address).toLowerCase()));
  return envelope.to.filter((address) => !seen.has(address.toLowerCase()));
}

function filesOf({ attachments }: RenderedMessage): readonly AttachmentView[] {
  return attachments.map(({ filename, contentType, content, cid }, index) => ({
    index,
    filename: filename ?? `file-${index}`,
    contentType,
    size: content.byteLength,
    cid,
  }));
}

/** Reads the header fields of a mail's source in order, unfolded (RFC 5322 §2.2.3) but not decoded. */
export function headersOf(source: Buffer): ReadonlyArray<readonly [string, string]> {
  const end = source.indexOf('\r\n\r\n');
  const head = source.subarray(0, end === -1 ? source.length : end).toString('utf8');
  return head
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')
    .map((line) => [line, line.indexOf(':')] as const)
    .filter(([, colon]) => colon > 0)
    .map(([line, colon]) => [line.slice(0, colon), line.slice(colon + 1).trim()] as const);
}
