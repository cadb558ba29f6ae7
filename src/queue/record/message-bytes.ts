import type { MessageAlternative, MessageAttachment, RenderedMessage } from '../../message/message.js';

/**
 * Version of the layout: this byte; the lengths of the JSON, the html and the text in 4 bytes each; these
 * three as UTF-8; the bytes of all parts. Bodies are not in the JSON: to quote and unquote them costs more
 * than all else that is done here.
 */
const VERSION = 3;
const HEAD = 13;

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
  /** All but the bodies; one that there is stands there empty. */
  readonly json: string;
  readonly html: string;
  readonly text: string;
  /** The bytes of attachments and alternatives, in buffers of their own. */
  readonly parts: ReadonlyArray<Uint8Array<ArrayBuffer>>;
}

export function encodeMessage(message: RenderedMessage): EncodedMessage {
  const { html, text } = message;
  const stored: StoredMessage = {
    ...message,
    ...(html !== undefined && { html: '' }),
    ...(text !== undefined && { text: '' }),
    date: message.date.toISOString(),
    // Before JSON sees them: it would make an array of numbers of every Buffer.
    attachments: message.attachments.map(measured),
    alternatives: message.alternatives.map(measured),
  };
  const parts = [...message.attachments, ...message.alternatives];
  return {
    json: JSON.stringify(stored),
    html: html ?? '',
    text: text ?? '',
    // A copy: what is cut of a pool would move with the whole of it, and the caller's would be gone.
    parts: parts.map(({ content }) => new Uint8Array(content)),
  };
}

function measured<T extends { readonly content: Buffer }>(part: T): Measured<T> {
  return { ...part, content: part.content.byteLength };
}

/** About how many bytes it is as it is stored: a character is mostly a byte. */
export function sizeOf({ json, html, text, parts }: EncodedMessage): number {
  const letters = json.length + html.length + text.length;
  return parts.reduce((sum, part) => sum + part.byteLength, letters);
}

/** A message as it is stored. */
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

/** Whether `decodeMessage` of this version reads them. */
export const isKnownLayout = (bytes: Uint8Array): boolean => bytes[0] === VERSION;

/** @throws {Error} when these are not bytes of `encodeMessage` */
export function decodeMessage(bytes: Uint8Array): RenderedMessage {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = new Parts(buffer, HEAD);
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

/** Not more: a checksum has proven that the bytes are those that were written. */
function isStoredMessage(value: unknown): value is StoredMessage {
  return typeof value === 'object' && value !== null && 'envelope' in value && 'attachments' in value;
}

/** Deals out the bytes of texts and parts, in their order. */
class Parts {
  constructor(
    private readonly bytes: Buffer,
    private at: number,
  ) {}

  restored<T extends { readonly content: number }>(
    part: T,
  ): Omit<T, 'content'> & { readonly content: Buffer } {
    return { ...part, content: this.next(part.content) };
  }

  next(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.byteLength) throw new RangeError('its record ends too early');
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }
}
