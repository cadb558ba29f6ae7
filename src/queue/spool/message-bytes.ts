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

/** A message as bytes in a buffer of their own, so that they can move to another thread without a copy. */
export function encodeMessage(message: RenderedMessage): Uint8Array<ArrayBuffer> {
  const stored: StoredMessage = {
    ...message,
    date: message.date.toISOString(),
    // Before JSON sees them: it would make an array of numbers of every Buffer.
    attachments: message.attachments.map(measured),
    alternatives: message.alternatives.map(measured),
  };
  const json = Buffer.from(JSON.stringify(stored));
  const parts = [...message.attachments, ...message.alternatives].map(({ content }) => content);
  const head = Buffer.alloc(HEAD);
  head.writeUInt8(VERSION);
  head.writeUInt32BE(json.byteLength, 1);
  return joined([head, json, ...parts]);
}

function measured<T extends { readonly content: Buffer }>(part: T): Measured<T> {
  return { ...part, content: part.content.byteLength };
}

/** `Buffer.concat` may give a slice of a pool, which cannot be transferred. */
function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
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
