import type { MessageAlternative, MessageAttachment, RenderedMessage } from '../message/message.js';
import { contentTypeField, dispositionField, headerField, headerFields } from './header-field.js';
import { plainLineEnds, withPlainLineEnds } from './line-ends.js';
import {
  asBase64,
  type EncodedBody,
  encodeText,
  encodeTextBytes,
  plainLines,
  type TransferEncoding,
} from './transfer-encoding.js';

/** A part of a mail with encoded content (RFC 2045 §2.4). */
export interface Leaf {
  /** The Content-Type field. */
  readonly type: string;
  /** The fields after it. */
  readonly fields: string;
  readonly body: string;
  readonly isHtml: boolean;
}

/** A part that consists of parts (RFC 2046 §5.1). */
export interface Multipart {
  readonly mediaType: string;
  readonly parts: readonly Entity[];
}

export type Entity = Leaf | Multipart;

/**
 * Builds the structure of a mail: renditions of the body, best last; images beside their html; attachments after both.
 */
export function entityOf(message: RenderedMessage): Entity {
  const renditions = renditionsOf(message);
  const html = renditions.findLast((leaf) => leaf.isHtml);
  const isRelated = ({ cid }: MessageAttachment) => html !== undefined && !!cid;
  const related = message.attachments.filter(isRelated).map(attachmentLeaf);
  const bodies = renditions.map((leaf) => (leaf === html ? withRelated(leaf, related) : leaf));
  const attached = message.attachments.filter((part) => !isRelated(part)).map(attachmentLeaf);
  const body = bodies.length > 1 ? [{ mediaType: 'multipart/alternative', parts: bodies }] : bodies;
  return joined('multipart/mixed', [...body, ...attached]);
}

function withRelated(html: Leaf, related: readonly Leaf[]): Entity {
  return joined('multipart/related; type="text/html"', [html, ...related]);
}

function joined(mediaType: string, parts: readonly Entity[]): Entity {
  const [only = EMPTY, ...others] = parts;
  return others.length === 0 ? only : { mediaType, parts };
}

const PLAIN = { type: contentTypeField('text/plain; charset=utf-8'), isHtml: false };
const HTML = { type: contentTypeField('text/html; charset=utf-8'), isHtml: true };
/** A mail without any content gets an empty text. */
const EMPTY: Leaf = { type: contentTypeField('text/plain'), fields: '', body: '', isHtml: false };

function renditionsOf({ text, html, alternatives }: RenderedMessage): Leaf[] {
  const amp = alternatives.find(isAmp);
  const others = alternatives.filter((alternative) => alternative !== amp);
  return [
    ...(text ? [textLeaf(PLAIN, text)] : []),
    ...(amp ? [alternativeLeaf({ ...amp, contentType: 'text/x-amp-html; charset=utf-8' })] : []),
    ...(html ? [textLeaf(HTML, html)] : []),
    ...others.map(alternativeLeaf),
  ];
}

/** True for the AMP rendition, which stands before the html part. */
export function isAmp({ contentType }: MessageAlternative): boolean {
  return /^text\/x-amp-html\b/i.test(contentType);
}

type MultipartKind = Pick<Leaf, 'type' | 'isHtml'>;

function textLeaf(kind: MultipartKind, text: string): Leaf {
  return bodyLeaf(kind, '', encodeText(plainLineEnds(text)));
}

function alternativeLeaf({ contentType, content }: MessageAlternative): Leaf {
  const kind = { type: contentTypeField(contentType), isHtml: /^text\/html\b/i.test(contentType) };
  if (/; *charset="?utf-(?:16|32)/i.test(contentType)) return bodyLeaf(kind, '', asBase64(content));
  const plain = withPlainLineEnds(content);
  if (/^text\//i.test(contentType)) return bodyLeaf(kind, '', encodeTextBytes(plain));
  return bodyLeaf(kind, dispositionField('attachment'), asBase64(plain));
}

function bodyLeaf(
  { type, isHtml }: MultipartKind,
  disposition: string,
  { encoding, body }: EncodedBody,
): Leaf {
  return { type, fields: `${disposition}${encodingField(encoding)}`, body, isHtml };
}

function encodingField(encoding: TransferEncoding): string {
  return headerField('Content-Transfer-Encoding', encoding);
}

function attachmentLeaf(attachment: MessageAttachment): Leaf {
  const { filename, disposition, cid, headers } = attachment;
  const { contentType, encoding, body } = encodedAttachment(attachment);
  const fields = [
    headerFields(headers),
    cid ? headerField('Content-ID', `<${cid}>`) : '',
    encodingField(encoding),
    dispositionField(disposition, filename),
  ];
  return { type: contentTypeField(contentType, filename), fields: fields.join(''), body, isHtml: false };
}

/** Types of mails that may be encoded (RFC 6532 §3.7). */
const GLOBAL = /^message\/global\b/i;

/**
 * An attached mail must not be encoded (RFC 2046 §5.2.1). If it cannot stand unencoded (beyond ASCII, NUL, lines over 998
 * octets), it goes as a file instead, so that its bytes arrive.
 */
function encodedAttachment({
  contentType,
  content,
}: MessageAttachment): EncodedBody & { contentType: string } {
  if (!/^message\//i.test(contentType) || GLOBAL.test(contentType))
    return { contentType, ...asBase64(content) };
  const plain = plainLines(content);
  return plain
    ? { contentType, ...plain }
    : { contentType: 'application/octet-stream', ...asBase64(content) };
}
