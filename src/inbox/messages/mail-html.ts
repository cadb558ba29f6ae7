import type { RenderedMessage } from '../../message/message.js';
import { attachmentFinder } from '../../message/parts/content-ids.js';
import { refusal } from '../http/refusal.js';

/** `cid:` where a URL begins: in an attribute, or in `url()` of a style. */
const CID = /cid:(?<cid>[^"'\s)>]+)/gi;
const OPENS_URL = new Set(['"', "'", '=', '(']);

/** White space of html; a space without a break is part of a value. */
const SPACE = String.raw`[\t\n\f\r ]`;
/** A short attribute that does nothing by itself. */
const PLAIN = String.raw`${SPACE}{1,99}(?!http-equiv)[\w:-]{1,99}(?:${SPACE}{0,99}=${SPACE}{0,99}(?:"[^"<]{0,999}"|'[^'<]{0,999}'|[^\s"'<>]{1,999}))?`;
/**
 * Tags that let a browser call on others by themselves, without a request that a policy would stop:
 * `<link rel=preconnect>`, and a `<meta>` unless it is plainly without `http-equiv`. Found wherever they
 * stand, in a comment too: what a comment is, browsers and parsers do not always agree on.
 */
const CALLING = new RegExp(
  String.raw`<(?:link(?=[\s/>])|meta(?=[\s/>])(?!(?:${PLAIN}){0,20}${SPACE}{0,99}/?>))`,
  'gi',
);
/** Void, allowed in a head as those are, and without any effect (HTML §13.2.6.4.4, §16.2). */
const SILENT = '<basefont';

/**
 * The html of a mail for the page's sandboxed frame, as it was sent but for tags that call on others, and for
 * its inline images: those are asked for below `files`, a URL relative to the html's own.
 * @throws {HttpException} 404 for a mail without html
 */
export function mailHtml({ html, attachments }: RenderedMessage, files: string): string {
  if (html === undefined) throw refusal(404, 'This message has no html, only text.');
  const indexOf = attachmentFinder(attachments);
  const silent = html.replaceAll(CALLING, SILENT);
  return silent.replaceAll(CID, (written, cid: string, at: number) => {
    const index = beginsUrl(silent, at) ? indexOf(cid) : undefined;
    return index === undefined ? written : `${files}/${index}`;
  });
}

/** Not by a pattern that looks behind: it would do so at every place, through all the white space there. */
function beginsUrl(html: string, at: number): boolean {
  let before = at - 1;
  while (/\s/.test(html[before] ?? '')) before -= 1;
  return OPENS_URL.has(html[before] ?? '');
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
