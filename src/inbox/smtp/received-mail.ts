import PostalMime, { type Address, type Attachment, type Email } from 'postal-mime';
import type { Envelope } from '../../message/envelope.js';
import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import type { ReceivedMail } from '../capture/listener.js';

/** In a reserved domain that nobody owns (RFC 2606). */
const UNKNOWN_SENDER = 'unknown@sender.invalid';

/**
 * Parses the mail of another program into a message of the module. Does not validate it: the inbox shows any mail,
 * and a release of an invalid one is refused as usual.
 * @throws {Error} if it is nested too deep
 */
export async function receivedMail(source: Buffer, envelope: Envelope, now: Date): Promise<ReceivedMail> {
  const email = await PostalMime.parse(source, { attachmentEncoding: 'arraybuffer' });
  const [from = { address: envelope.from === '' ? UNKNOWN_SENDER : envelope.from }] = mailboxes(
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
    headers: extensionHeaders(email),
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

/** Custom headers of the sender (`X-…`). */
function extensionHeaders({ headers }: Email): RenderedMessage['headers'] {
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
