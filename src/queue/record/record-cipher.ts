import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
/** Bytes; NIST SP 800-38D §8.2: 96 bits, drawn at random, for at most 2^32 values under one key. */
const NONCE = 12;
const TAG = 16;
/** First byte of what is sealed; nothing that is stored in the clear begins with it. */
const SEALED = 1;

/** Keeps what identifies people or is part of a mail unreadable in the file, where a key was given. */
export class RecordCipher {
  constructor(private readonly key: Uint8Array | undefined) {}

  get isClear(): boolean {
    return this.key === undefined;
  }

  /** As it is without a key; else encrypted (AES-256-GCM). */
  close(clear: Uint8Array): Uint8Array {
    if (this.key === undefined) return clear;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, this.key, nonce);
    const content = cipher.update(clear);
    const rest = cipher.final();
    return Buffer.concat([Buffer.of(SEALED), nonce, cipher.getAuthTag(), content, rest]);
  }

  /**
   * What was closed, also what was written before there was a key.
   * @throws {Error} when there is no key to open it with, or not one bit of it may be trusted
   */
  open(stored: Uint8Array): Uint8Array {
    if (stored[0] !== SEALED) return stored;
    if (this.key === undefined) throw new Error('it is encrypted, and there is no key');
    const start = 1 + NONCE + TAG;
    const decipher = createDecipheriv(CIPHER, this.key, stored.subarray(1, 1 + NONCE));
    decipher.setAuthTag(stored.subarray(1 + NONCE, start));
    return Buffer.concat([decipher.update(stored.subarray(start)), decipher.final()]);
  }

  /** A text that was closed; undefined when it cannot be opened: a listing goes on without it. */
  text(stored: Uint8Array): string | undefined {
    try {
      return Buffer.from(this.open(stored)).toString();
    } catch {
      return undefined;
    }
  }

  /** The same 16 bytes for the same text, which cannot be read from them (RFC 2104). */
  digest(text: string): Uint8Array {
    return createHmac('sha256', this.key ?? '')
      .update(text)
      .digest()
      .subarray(0, 16);
  }
}
