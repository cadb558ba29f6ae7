import { crc32 } from 'node:zlib';
import { isObject } from '../../message/values/fields.js';
import type { MessageAlternative, MessageAttachment, RenderedMessage } from '../../message/message.js';

/**
 * Version of the layout: this byte; the lengths of the JSON, the html and the text in 4 bytes each; these
 * three as UTF-8; the bytes of all parts. The JSON holds no bodies: quoting and unquoting them would cost more
 * than all the rest of the encoding.
 */
const VERSION = 3;
const HEAD = 13;

/** A part with the length of its bytes instead of the bytes. */
type Measured<T> = Omit<T, 'content'> & { readonly content: number };

interface StoredMessage extends Omit<RenderedMessage, 'date' | 'attachments' | 'alternatives'> {
  /** ISO 8601. */
  readonly date: string;
  readonly attachments: ReadonlyArray<Measured<MessageAttachment>>;
  readonly alternatives: ReadonlyArray<Measured<MessageAlternative>>;
}

/** A message as it moves to the thread that stores it: a string moves faster than the bytes it becomes. */
export interface EncodedMessage {
  /** The message without its bodies; a body that exists is an empty string. */
  readonly json: string;
  readonly html: string;
  readonly text: string;
  /** The bytes of attachments and alternatives, each in a buffer of its own. */
  readonly parts: ReadonlyArray<Uint8Array<ArrayBuffer>>;
}

export function encodeMessage(message: RenderedMessage): EncodedMessage {
  const { html, text } = message;
  const stored: StoredMessage = {
    ...message,
    ...(html !== undefined && { html: '' }),
    ...(text !== undefined && { text: '' }),
    date: message.date.toISOString(),
    // JSON would turn every Buffer into an array of numbers.
    attachments: message.attachments.map(measured),
    alternatives: message.alternatives.map(measured),
  };
  const parts = [...message.attachments, ...message.alternatives];
  return {
    json: JSON.stringify(stored),
    html: html ?? '',
    text: text ?? '',
    // Copies: a slice of a pool would move the whole pool to the thread, and the caller would lose its bytes.
    parts: parts.map(({ content }) => new Uint8Array(content)),
  };
}

function measured<T extends { readonly content: Buffer }>(part: T): Measured<T> {
  return { ...part, content: part.content.byteLength };
}

/** Estimates the stored size in bytes: most characters take one. */
export function sizeOf({ json, html, text, parts }: EncodedMessage): number {
  const letters = json.length + html.length + text.length;
  return parts.reduce((sum, part) => sum + part.byteLength, letters);
}

export function messageBytes({ json, html, text, parts }: EncodedMessage): Uint8Array {
  const texts = [json, html, text];
  const lengths = texts.map((part) => Buffer.byteLength(part));
  const total = [...lengths, ...parts.map(({ byteLength }) => byteLength)].reduce((sum, n) => sum + n, HEAD);
  const bytes = Buffer.allocUnsafe(total);
  let at = bytes.writeUInt8(VERSION);
  for (const length of lengths) at = bytes.writeUInt32BE(length, at);
  for (const part of texts) at += bytes.write(part, at);
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}

/** @throws {Error} if `decodeMessage` of this version cannot read the bytes */
export function checkLayout(bytes: Uint8Array): void {
  if (bytes[0] === VERSION) return;
  throw new Error(`its record is of a version (${bytes[0]}) that is unknown here`);
}

/**
 * Proves that stored bytes are those that were written: a CRC-32 finds rot and torn writes.
 * @throws {Error}
 */
export function checkSum(content: Uint8Array, checksum: number): void {
  if (content.byteLength === 0) throw new Error('its record is empty');
  if (crc32(content) !== checksum) throw new Error('its record does not match its checksum');
}

/** @throws {Error} if the bytes are not those of `messageBytes` */
export function decodeMessage(bytes: Uint8Array): RenderedMessage {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = new PartReader(buffer, HEAD);
  const [json, html, text] = [1, 5, 9].map((at) => parts.next(buffer.readUInt32BE(at)).toString());
  const stored: unknown = JSON.parse(json ?? '');
  if (!isStoredMessage(stored)) throw new TypeError('its record holds no mail');
  return {
    ...stored,
    ...(stored.html !== undefined && html !== undefined && { html }),
    ...(stored.text !== undefined && text !== undefined && { text }),
    date: new Date(stored.date),
    attachments: stored.attachments.map((part) => parts.restored(part)),
    alternatives: stored.alternatives.map((part) => parts.restored(part)),
  };
}

/** Checks no more than this: a checksum has proven that the bytes are those that were written. */
function isStoredMessage(value: unknown): value is StoredMessage {
  return isObject(value) && 'envelope' in value && 'attachments' in value;
}

/** Reads the bytes of texts and parts, in their order. */
class PartReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  restored<T extends { readonly content: number }>(
    part: T,
  ): Omit<T, 'content'> & { readonly content: Buffer } {
    return { ...part, content: this.next(part.content) };
  }

  next(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.byteLength) throw new RangeError('its record ends too early');
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
