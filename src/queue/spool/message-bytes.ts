import type { MessageAlternative, MessageAttachment, RenderedMessage } from '../../message/message.js';

/** Version of the layout: this byte, the length of the JSON in 4 bytes, the JSON, the bytes of all parts. */
const VERSION = 2;
const HEAD = 5;

/** A part with the length of its bytes in their place. */
type Measured<T> = Omit<T, 'content'> & { readonly content: number };

interface StoredMessage extends Omit<RenderedMessage, 'date' | 'attachments' | 'alternatives'> {
  /** ISO 8601. */
  readonly date: string;
  readonly attachments: ReadonlyArray<Measured<MessageAttachment>>;
  readonly alternatives: ReadonlyArray<Measured<MessageAlternative>>;
}

/** A message as it moves to the thread that stores it: a string moves faster than the bytes it becomes. */
export interface EncodedMessage {
  readonly json: string;
  /** The bytes of attachments and alternatives, in buffers of their own. */
  readonly parts: ReadonlyArray<Uint8Array<ArrayBuffer>>;
}

export function encodeMessage(message: RenderedMessage): EncodedMessage {
  const stored: StoredMessage = {
    ...message,
    date: message.date.toISOString(),
    // Before JSON sees them: it would make an array of numbers of every Buffer.
    attachments: message.attachments.map(measured),
    alternatives: message.alternatives.map(measured),
  };
  const parts = [...message.attachments, ...message.alternatives];
  // A copy: what is cut of a pool would move with the whole of it, and the caller's would be gone.
  return { json: JSON.stringify(stored), parts: parts.map(({ content }) => new Uint8Array(content)) };
}

function measured<T extends { readonly content: Buffer }>(part: T): Measured<T> {
  return { ...part, content: part.content.byteLength };
}

/** A message as it is stored. */
export function messageBytes({ json, parts }: EncodedMessage): Uint8Array {
  const length = Buffer.byteLength(json);
  const bytes = Buffer.allocUnsafe(parts.reduce((sum, part) => sum + part.byteLength, HEAD + length));
  bytes.writeUInt8(VERSION);
  bytes.writeUInt32BE(length, 1);
  bytes.write(json, HEAD);
  let at = HEAD + length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** Whether `decodeMessage` of this version reads them. */
export const isKnownLayout = (bytes: Uint8Array): boolean => bytes[0] === VERSION;

/** @throws {Error} when these are not bytes of `encodeMessage` */
export function decodeMessage(bytes: Uint8Array): RenderedMessage {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = HEAD + buffer.readUInt32BE(1);
  const stored: unknown = JSON.parse(buffer.toString('utf8', HEAD, end));
  if (!isStoredMessage(stored)) throw new TypeError('its record holds no mail');
  const parts = new Parts(buffer, end);
  return {
    ...stored,
    date: new Date(stored.date),
    attachments: stored.attachments.map((part) => parts.restored(part)),
    alternatives: stored.alternatives.map((part) => parts.restored(part)),
  };
}

/** Not more: a checksum has proven that the bytes are those that were written. */
function isStoredMessage(value: unknown): value is StoredMessage {
  return typeof value === 'object' && value !== null && 'envelope' in value && 'attachments' in value;
}

/** Deals out the bytes of the parts, in their order. */
class Parts {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  restored<T extends { readonly content: number }>(
    part: T,
  ): Omit<T, 'content'> & { readonly content: Buffer } {
    return { ...part, content: this.#next(part.content) };
  }

  #next(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.byteLength) throw new RangeError('its record ends too early');
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }
}
