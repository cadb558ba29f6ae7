import type { Headers, MessageAttachment, RenderedMessage } from '../message/message.js';

const TOKEN = /^[a-z][a-z\d-]*$/i;
/** Headers that are made from fields: what such a header among the others means is MailComposer's to say. */
const OWN =
  /^(?:from|sender|to|cc|bcc|reply-to|subject|message-id|date|mime-version|content-(?:type|transfer-encoding|disposition|id))$/i;
/** A Content-Type of a part whose bytes may be encoded, without a name that competes with the filename. */
const ENCODABLE = /^(?!multipart\/|message\/)[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:;(?! *name\b)[^;]*)*$/i;
const ID = /^<[!-;=?-~]+>$/;
const CID = /^[!-;=?-~]*$/;
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Whether the message is one that is composed in one pass. */
export function isCommon(message: RenderedMessage): boolean {
  const { messageId, headers, alternatives, attachments } = message;
  return (
    ID.test(messageId) &&
    areCommonHeaders(headers) &&
    alternatives.every(({ contentType }) => ENCODABLE.test(contentType)) &&
    attachments.every(isCommonAttachment) &&
    !isPartAlone(message)
  );
}

function areCommonHeaders(headers: Headers): boolean {
  return Object.keys(headers).every((name) => TOKEN.test(name) && !OWN.test(name));
}

function isCommonAttachment({ contentType, filename = '', cid = '', headers }: MessageAttachment): boolean {
  return ENCODABLE.test(contentType) && !CONTROL.test(filename) && CID.test(cid) && areCommonHeaders(headers);
}

/** What describes it would stand among the headers of the mail. */
function isPartAlone({ text, html, alternatives, attachments }: RenderedMessage): boolean {
  return !text && !html && alternatives.length + attachments.length === 1;
}
