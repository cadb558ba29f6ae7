import type { RenderedMessage } from '../../message/message.js';
import { attachmentFinder } from '../../message/parts/content-ids.js';
import { HTML, refusal } from '../http/reply.js';
import { hostOf, type InboxRequest, textOf } from '../http/request.js';
import { RawAnswer } from '../routing/answer.js';

/** Candidates for `cid:` URLs, in attributes or in `url()` of a style. */
const CID = /cid:(?<cid>[^"'\s)>]+)/gi;
const OPENS_URL = new Set(['"', "'", '=', '(']);

/** White space of html, which excludes the no-break space. */
const SPACE = String.raw`[\t\n\f\r ]`;
/** An attribute other than `http-equiv`, of bounded length. */
const PLAIN_ATTRIBUTE = String.raw`${SPACE}{1,99}(?!http-equiv)[\w:-]{1,99}(?:${SPACE}{0,99}=${SPACE}{0,99}(?:"[^"<]{0,999}"|'[^'<]{0,999}'|[^\s"'<>]{1,999}))?`;
/**
 * Matches tags that make a browser connect to other hosts without a request that a policy could block:
 * `<link rel=preconnect>`, and every `<meta>` that is not clearly without `http-equiv`. Also matches in comments,
 * since browsers and parsers do not always agree on where a comment ends.
 */
const CONNECTING_TAG = new RegExp(
  String.raw`<(?:link(?=[\s/>])|meta(?=[\s/>])(?!(?:${PLAIN_ATTRIBUTE}){0,20}${SPACE}{0,99}/?>))`,
  'gi',
);
/** Replaces such tags: void, allowed in a head too, and without effect (HTML §13.2.6.4.4, §16.2). */
const INERT_TAG = '<basefont';

/**
 * Returns the html of a mail for the page's sandboxed frame. Neutralizes tags that connect to other hosts, and
 * points inline images to `files`, a URL relative to that of the html.
 * @throws {HttpException} 404 if the mail has no html
 */
export function mailHtml({ html, attachments }: RenderedMessage, files: string): string {
  if (html === undefined) throw refusal(404, 'This message has no html, only text.');
  const indexOf = attachmentFinder(attachments);
  const silent = html.replaceAll(CONNECTING_TAG, INERT_TAG);
  return silent.replaceAll(CID, (written, cid: string, at: number) => {
    const index = beginsUrl(silent, at) ? indexOf(cid) : undefined;
    return index === undefined ? written : `${files}/${index}`;
  });
}

/** Not a look-behind pattern: it would rescan the white space before every candidate. */
function beginsUrl(html: string, at: number): boolean {
  let before = at - 1;
  while (/\s/.test(html[before] ?? '')) before -= 1;
  return OPENS_URL.has(html[before] ?? '');
}

/**
 * Answers with html of a mail, under a policy that lets nothing in it run; the query parameter `images=1` allows
 * remote images.
 * @param files absolute URL path of the mail's files
 */
export function mailAnswer(html: string, request: InboxRequest, files: string): RawAnswer {
  const withImages = textOf(request.query, 'images') === '1';
  const policy = mailPolicy(hostOf(request) ?? '', files, withImages);
  return new RawAnswer(html, { 'content-type': HTML, 'content-security-policy': policy });
}

/**
 * Content security policy for the html of a mail, wherever it is opened. Forbids scripts, forms, frames and
 * navigation. Allows requests only for the mail's own images, and for remote ones if `withImages` is set.
 */
function mailPolicy(host: string, files: string, withImages: boolean): string {
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
