import { isAscii } from 'node:buffer';
import { Readable } from 'node:stream';
import type { MimeNodeEnvelope } from 'nodemailer/lib/mime-node';
import type { Envelope } from '../message/envelope.js';

/** How far an attempt came: before MAIL FROM, between MAIL FROM and DATA, or with the body on its way. */
export type Progress = 'connect' | 'envelope' | 'data';

/** Small enough that a slow connection holds the rest back here, where an abort still stops it. */
const CHUNK = 64 * 1024;

/**
 * One attempt to hand finished bytes to nodemailer, which opens the body's stream right before
 * MAIL FROM and reads from it when DATA was answered: so the stream tells how far the attempt came.
 */
export class SmtpAttempt {
  readonly bytes: Buffer;
  readonly envelope: Envelope;
  #body: Readable | undefined;
  #dispatched = false;

  constructor(bytes: Buffer, envelope: Envelope) {
    this.bytes = bytes;
    this.envelope = envelope;
  }

  /** Marks that nodemailer has handed the attempt to its connection. */
  dispatch(): void {
    this.#dispatched = true;
  }

  get dispatched(): boolean {
    return this.#dispatched;
  }

  open(): Readable {
    const { bytes } = this;
    let offset = 0;
    const body = new Readable({
      highWaterMark: CHUNK,
      read() {
        const end = Math.min(offset + CHUNK, bytes.length);
        if (end > offset) this.push(bytes.subarray(offset, end));
        offset = end;
        if (offset === bytes.length) this.push(null);
      },
    });
    return this.follow(body);
  }

  /** Looks at another body as the one that is sent: one that nodemailer makes of the bytes. */
  follow(body: Readable): Readable {
    this.#body = body;
    return body;
  }

  get progress(): Progress {
    if (!this.#body) return 'connect';
    return this.#body.readableDidRead ? 'data' : 'envelope';
  }

  /** The whole body was taken, so its end may have reached the other side. Until then it cannot have. */
  get handedOver(): boolean {
    return this.#body?.readableEnded ?? false;
  }
}

/** With the size, the server can refuse before it got the body (RFC 1870). nodemailer writes into what it is given. */
export function wireEnvelope({ bytes, envelope: { from, to } }: SmtpAttempt): MimeNodeEnvelope {
  return { from, to: [...to], size: bytes.length, use8BitMime: !isAscii(bytes) };
}
