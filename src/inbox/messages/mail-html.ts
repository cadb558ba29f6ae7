import { refusal } from '../safety/refusal.js';
import type { MessageAttachment, RenderedMessage } from '../../message/message.js';

/** `cid:` where a URL begins: in an attribute, or in `url()` of a style. */
const CID = /(?<=["'=(]\s*)cid:(?<cid>[^"'\s)>]+)/gi;

/**
 * The html of a mail for the page's sandboxed frame, as it was sent but for its inline images: those are
 * asked for below `files`, a URL relative to the html's own.
 * @throws {HttpException} 404 for a mail without html
 */
export function mailHtml({ html, attachments }: RenderedMessage, files: string): string {
  if (html === undefined) throw refusal(404, 'This message has no html, only text.');
  return html.replaceAll(CID, (written, cid: string) => {
    const index = attachments.findIndex((part) => isOf(part, cid));
    return index === -1 ? written : `${files}/${index}`;
  });
}

function isOf({ cid }: MessageAttachment, written: string): boolean {
  return cid !== undefined && (cid === written || encodeURIComponent(cid) === written);
}

/**
 * What html of a mail may do, wherever it is opened: be looked at. No script, form, frame or way out; no
 * request but for its own images, and for remote ones where they were asked for.
 * @param files absolute URL path of the mail's files
 */
export function mailPolicy(host: string, files: string, withImages: boolean): string {
  const own = `http://${host}${files} https://${host}${files}`;
  return [
    'sandbox',
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src data: ${own}${withImages ? ' https: http:' : ''}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}
