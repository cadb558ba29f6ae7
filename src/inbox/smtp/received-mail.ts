import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { Envelope } from '../../message/envelope.js';
import type { Headers, Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import type { ReceivedMail } from '../capture/listener.js';

/** Nobody owns it (RFC 2606). */
const NOBODY = 'unknown@sender.invalid';

/**
 * What another program sent, read as if it were a message of ours. Nothing of it was checked: it is shown,
 * and refused like any other mail when somebody releases it.
 * @throws {Error} when it is nested too deep to be read
 */
export async function receivedMail(source: Buffer, envelope: Envelope, now: Date): Promise<ReceivedMail> {
  const email = await PostalMime.parse(source, { attachmentEncoding: 'arraybuffer' });
  const [from = { address: envelope.from === '' ? NOBODY : envelope.from }] = mailboxes(
    email.from && [email.from],
  );
  const message: RenderedMessage = {
    messageId: email.messageId ?? '',
    date: dateOf(email, now),
    envelope,
    from,
    to: mailboxes(email.to),
    cc: mailboxes(email.cc),
    replyTo: mailboxes(email.replyTo),
    subject: email.subject ?? '',
    ...(email.html !== undefined && { html: email.html }),
    ...(email.text !== undefined && { text: email.text }),
    attachments: email.attachments.map(attachment),
    alternatives: [],
    headers: ownHeaders(email),
    mailer: 'smtp',
    tags: [],
    metadata: {},
  };
  return { message, source };
}

function dateOf({ date }: Email, now: Date): Date {
  const written = new Date(date ?? '');
  return Number.isNaN(written.getTime()) ? now : written;
}

function mailboxes(addresses: readonly Address[] = []): readonly Mailbox[] {
  return addresses
    .flatMap((address) => address.group ?? [address])
    .map(({ name, address }) => (name === '' ? { address } : { address, name }));
}

/** Those that are nobody's but the sender's. */
function ownHeaders({ headers }: Email): Headers {
  return Object.fromEntries(
    headers.filter(({ key }) => key.startsWith('x-')).map(({ originalKey, value }) => [originalKey, value]),
  );
}

function attachment({ filename, mimeType, contentId, disposition, content }: Attachment): MessageAttachment {
  return {
    ...(filename !== null && { filename }),
    content: bytesOf(content),
    contentType: mimeType,
    ...(contentId !== undefined && { cid: contentId.replaceAll(/^<|>$/g, '') }),
    disposition: disposition === 'inline' ? 'inline' : 'attachment',
    headers: {},
  };
}

function bytesOf(content: Attachment['content']): Buffer {
  if (typeof content === 'string') return Buffer.from(content);
  return content instanceof Uint8Array ? Buffer.from(content) : Buffer.from(new Uint8Array(content));
}
