import type { Mailbox, RenderedMessage } from '../message/message.js';
import { baseBoundary } from './boundary.js';
import { entityOf, type Entity, type Leaf } from './entity.js';
import { addressField, headerField, headerFields, textField } from './header-field.js';

/**
 * Composes the bytes of a mail (RFC 5322, RFC 2045): CRLF line ends, no Bcc, no X-Mailer. The connection stuffs dots later.
 * The same message gives the same bytes every time.
 * @param bcc recipients for Bcc after all, where the receiver knows no envelope and removes the header
 */
export async function composeMime(message: RenderedMessage, bcc: readonly Mailbox[] = []): Promise<Buffer> {
  return composeOnePass(message, bcc);
}

/** Composes a mail in one pass over its parts, without streams. */
function composeOnePass(message: RenderedMessage, bcc: readonly Mailbox[]): Buffer {
  const root = entityOf(message);
  const { type, fields, body } = written(root, boundaries(message, root));
  const text = `${mailFields(message, bcc)}${fields}MIME-Version: 1.0\r\n${type}\r\n${body}`;
  return bytesOf(text.endsWith('\n') ? text : `${text}\r\n`);
}

/** Copying ASCII is twelve times as fast as encoding it, and nearly every mail is ASCII by now. */
function bytesOf(text: string): Buffer {
  return Buffer.from(text, Buffer.byteLength(text) === text.length ? 'latin1' : 'utf8');
}

/** Bcc is empty on purpose: it stands only in the envelope, if there is one. */
function mailFields(message: RenderedMessage, bcc: readonly Mailbox[]): string {
  const { headers, from, sender, to, cc, replyTo, subject, messageId, date } = message;
  return [
    headerFields(headers),
    addressField('From', [from]),
    addressField('Sender', sender ? [sender] : []),
    addressField('To', to),
    addressField('Cc', cc),
    addressField('Bcc', bcc),
    addressField('Reply-To', replyTo),
    textField('Subject', subject),
    headerField('Message-ID', messageId),
    headerField('Date', date.toUTCString().replace('GMT', '+0000')),
  ].join('');
}

/** Returns the boundary of an entity, counted from the outermost. Each entity has one, needed or not. */
function boundaries(message: RenderedMessage, root: Entity): () => string {
  const base = 'parts' in root ? baseBoundary(message) : '';
  let entities = 0;
  return () => `--_NmP-${base}-Part_${++entities}`;
}

function written(entity: Entity, nextBoundary: () => string): Pick<Leaf, 'type' | 'fields' | 'body'> {
  const boundary = nextBoundary();
  if (!('parts' in entity)) return entity;
  const parts = entity.parts.map((part) => {
    const { type, fields, body } = written(part, nextBoundary);
    return `${type}${fields}\r\n${body}`;
  });
  return {
    type: headerField('Content-Type', `${entity.mediaType}; boundary="${boundary}"`),
    fields: '',
    body: `--${boundary}\r\n${parts.join(`\r\n--${boundary}\r\n`)}\r\n--${boundary}--\r\n`,
  };
}
