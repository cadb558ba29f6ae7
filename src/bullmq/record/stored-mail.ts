import { createHash, randomUUID } from 'node:crypto';
import type { MessageAlternative, MessageAttachment, RenderedMessage } from '../../message/message.js';
import type { AttemptRecord, MailPriority, NewMail } from '../../queue/mail-queue.js';

/** Bytes from which an attachment is kept apart, once for all mails that have it. */
const APART_BYTES = 64 * 1024;

/** Before the SHA-256 of what is kept apart; a colon is in no base64. */
const APART = 'sha256:';

/** A part with its bytes as base64, or where they are kept. */
type Stored<T> = Omit<T, 'content'> & { readonly content: string };

interface StoredMessage extends Omit<RenderedMessage, 'date' | 'attachments' | 'alternatives'> {
  /** ISO 8601. */
  readonly date: string;
  readonly attachments: ReadonlyArray<Stored<MessageAttachment>>;
  readonly alternatives: ReadonlyArray<Stored<MessageAlternative>>;
}

/** What is left of a message when its body is dropped. */
type MessageSummary = Pick<RenderedMessage, 'messageId' | 'subject' | 'template'> & {
  readonly envelope: { readonly to: readonly string[] };
};

/** A mail as the data of a job. Times in milliseconds since 1970. */
export interface StoredMail<M extends MessageSummary = MessageSummary> {
  /** Drawn for each call of `add`: it shows which call was first with an idempotency key. */
  readonly ref: string;
  readonly priority: MailPriority;
  readonly queuedAt: number;
  /** The same, finer: mails of one millisecond keep their order. */
  readonly order: number;
  readonly dueAt: number;
  readonly expiresAt: number;
  readonly hasDefaultExpiry?: true;
  readonly hasDefaultDate?: true;
  /** About how many bytes the message has, with all its parts. */
  readonly bytes: number;
  /** SHA-256 of the attachments kept apart. */
  readonly files: readonly string[];
  /** Its last attempt, once it is sent: the body is gone, and a job that somebody runs again is not mailed. */
  readonly sent?: Partial<AttemptRecord>;
  readonly message: M;
}

export interface EncodedMail {
  readonly data: StoredMail;
  /** What is kept apart, by its digest. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export function encodeMail({ message, ...mail }: NewMail, queuedAt: Date): EncodedMail {
  const { priority, dueAt, expiresAt, hasDefaultExpiry, hasDefaultDate } = mail;
  const files = new Map<string, Buffer>();
  const stored: StoredMessage = {
    ...message,
    date: message.date.toISOString(),
    attachments: message.attachments.map((part) => storedPart(part, files)),
    alternatives: message.alternatives.map((part) => storedPart(part, files)),
  };
  const data: StoredMail<StoredMessage> = {
    ref: randomUUID(),
    priority,
    queuedAt: queuedAt.getTime(),
    order: performance.timeOrigin + performance.now(),
    dueAt: Math.trunc(dueAt.getTime()),
    expiresAt: expiresAt.getTime(),
    ...(hasDefaultExpiry && { hasDefaultExpiry }),
    ...(hasDefaultDate && { hasDefaultDate }),
    bytes: bytesOf(message),
    files: [...files.keys()],
    message: stored,
  };
  return { data, files };
}

function bytesOf({ html, text, attachments, alternatives }: RenderedMessage): number {
  const bodies = (html?.length ?? 0) + (text?.length ?? 0);
  return [...attachments, ...alternatives].reduce((sum, { content }) => sum + content.byteLength, bodies);
}

function storedPart<T extends { readonly content: Buffer }>(part: T, files: Map<string, Buffer>): Stored<T> {
  const { content } = part;
  if (content.byteLength < APART_BYTES) return { ...part, content: content.toString('base64') };
  const digest = createHash('sha256').update(content).digest('hex');
  files.set(digest, content);
  return { ...part, content: `${APART}${digest}` };
}

/**
 * The message of a stored mail.
 * @param read gives what is kept apart
 * @throws {Error} when its body is gone
 */
export async function decodeMessage(
  { message }: StoredMail,
  read: (digest: string) => Promise<Buffer>,
): Promise<RenderedMessage> {
  if (!isStoredMessage(message)) throw new TypeError('its data hold no message');
  return {
    ...message,
    date: new Date(message.date),
    attachments: await Promise.all(message.attachments.map((part) => restored(part, read))),
    alternatives: await Promise.all(message.alternatives.map((part) => restored(part, read))),
  };
}

async function restored<T extends { readonly content: string }>(
  part: T,
  read: (digest: string) => Promise<Buffer>,
): Promise<Omit<T, 'content'> & { readonly content: Buffer }> {
  const { content } = part;
  const isApart = content.startsWith(APART);
  return {
    ...part,
    content: isApart ? await read(content.slice(APART.length)) : Buffer.from(content, 'base64'),
  };
}

/** @throws {Error} when these are not the data of a mail */
export function decodeMail(data: unknown): StoredMail {
  if (!isStoredMail(data)) throw new TypeError('its data hold no mail');
  return data;
}

/** Whether a body can be sent. */
export const hasBody = ({ message }: StoredMail): boolean => isStoredMessage(message);

/** The same without its body: what is kept of a mail that is done. */
export function summaryOf({ message, ...mail }: StoredMail): StoredMail {
  const { messageId, subject, template, envelope } = message;
  const summary = {
    messageId,
    subject,
    ...(template !== undefined && { template }),
    envelope: { to: envelope.to },
  };
  return { ...mail, bytes: 0, files: [], message: summary };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Not more: nobody but this module writes them, and Redis keeps them whole. */
function isStoredMail(value: unknown): value is StoredMail {
  if (!isObject(value) || !('message' in value) || !isObject(value.message)) return false;
  if (!('envelope' in value.message) || !isObject(value.message.envelope)) return false;
  if (!('files' in value) || !Array.isArray(value.files) || !('queuedAt' in value)) return false;
  return 'to' in value.message.envelope && Array.isArray(value.message.envelope.to);
}

function isStoredMessage(message: object): message is StoredMessage {
  return 'attachments' in message && 'alternatives' in message && 'date' in message;
}
