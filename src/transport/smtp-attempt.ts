import { isAscii } from 'node:buffer';
import { Readable } from 'node:stream';
import type { MimeNodeEnvelope } from 'nodemailer/lib/mime-node';
import type { Envelope } from '../message/envelope.js';

/** Progress of an attempt: before MAIL FROM, between MAIL FROM and DATA, or with the body under way. */
export type Progress = 'connect' | 'envelope' | 'data';

/** Bytes of one chunk. Small, so that a slow connection leaves the rest here, where an abort still stops it. */
const CHUNK = 64 * 1024;

/**
 * One attempt to hand finished bytes to nodemailer. nodemailer opens the stream of the body right before MAIL FROM, and reads
 * from it after the answer to DATA, so the stream tells the progress of the attempt.
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

  /** Watches another body instead: one that nodemailer makes of the bytes. */
  follow(body: Readable): Readable {
    this.#body = body;
    return body;
  }

  get progress(): Progress {
    if (!this.#body) return 'connect';
    return this.#body.readableDidRead ? 'data' : 'envelope';
  }

  /** True once the whole body was read: only then may its end have reached the server. */
  get handedOver(): boolean {
    return this.#body?.readableEnded ?? false;
  }
}

/**
 * Includes the size, so that the server can refuse the mail before the body (RFC 1870). A copy: nodemailer writes into
 * it.
 */
export function wireEnvelope({ bytes, envelope: { from, to } }: SmtpAttempt): MimeNodeEnvelope {
  return { from, to: [...to], size: bytes.length, use8BitMime: !isAscii(bytes) };
}
