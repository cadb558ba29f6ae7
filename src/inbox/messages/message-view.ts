import { asciiAddress } from '../../message/address/address.js';
import { formatMailbox } from '../../message/address/mailbox.js';
import type { RenderedMessage } from '../../message/message.js';
import { codesIn } from '../../message/extract/codes.js';
import { type FoundLink, linksIn } from '../../message/extract/links.js';
import type { CapturedMail } from '../store/captured-mail.js';
import type { MailContent } from '../store/mail-files.js';
import { headersOf } from './source-headers.js';

/** A mail as it stands in a list. */
export type MessageSummary = Omit<CapturedMail, 'order' | 'messageId' | 'words' | 'context' | 'timeline'>;

export interface MessageFile {
  /** Its place among the files, as in `messages/:id/files/:index`. */
  readonly index: number;
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  readonly cid?: string;
}

/** A mail with all that is known of it, its html apart. */
export interface MessageView extends MessageSummary {
  readonly messageId: string;
  /** The To header; `to` are all who get it. */
  readonly toHeader: readonly string[];
  readonly cc: readonly string[];
  /** Who gets it and is in neither of them. */
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly hasHtml: boolean;
  readonly text?: string;
  readonly files: readonly MessageFile[];
  readonly links: readonly FoundLink[];
  readonly codes: readonly string[];
  readonly context?: unknown;
  readonly timeline: CapturedMail['timeline'];
  readonly clip: { readonly htmlBytes: number; readonly limit: number; readonly clipped: boolean };
}

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
    ...(text !== undefined && { text }),
    files: filesOf(message),
    links: linksIn({ html, text }),
    codes: codesIn({ html, text }),
    ...(mail.context !== undefined && { context: mail.context }),
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
    ...(cid !== undefined && { cid }),
  }));
}
