import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const CIPHER = 'aes-256-gcm';
/** Bytes; NIST SP 800-38D §8.2: 96 bits, drawn at random, for at most 2^32 values under one key. */
const NONCE = 12;
const TAG = 16;
/** First byte of an encrypted record. No record in the clear begins with it. */
const ENCRYPTED = 1;
const KEY = 32;

/** Reads a key of 32 bytes from 64 hexadecimal digits or from base64; undefined for any other length. */
export function encryptionKeyFrom(text: string): Buffer | undefined {
  const key = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  return key.length === KEY ? key : undefined;
}

/** Encrypts the stored parts of a mail and everything that identifies people (AES-256-GCM), if there is a key. */
export class RecordCipher {
  readonly #key: Uint8Array | undefined;

  constructor(key: Uint8Array | undefined) {
    this.#key = key;
  }

  get isClear(): boolean {
    return this.#key === undefined;
  }

  /** Returns the same bytes if there is no key. */
  encrypt(clear: Uint8Array): Uint8Array {
    if (this.#key === undefined) return clear;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv(CIPHER, this.#key, nonce);
    const content = cipher.update(clear);
    const rest = cipher.final();
    return Buffer.concat([Buffer.of(ENCRYPTED), nonce, cipher.getAuthTag(), content, rest]);
  }

  /**
   * Also reads records that were written before there was a key.
   * @throws {Error} if there is no key, another key, or a single bit has changed
   */
  decrypt(stored: Uint8Array): Uint8Array {
    if (stored[0] !== ENCRYPTED) return stored;
    if (this.#key === undefined) throw new Error('it is encrypted, and there is no key');
    const start = 1 + NONCE + TAG;
    const decipher = createDecipheriv(CIPHER, this.#key, stored.subarray(1, 1 + NONCE));
    decipher.setAuthTag(stored.subarray(1 + NONCE, start));
    return Buffer.concat([decipher.update(stored.subarray(start)), decipher.final()]);
  }

  /** Undefined if the text cannot be decrypted: a listing goes on without it. */
  decryptText(stored: Uint8Array): string | undefined {
    try {
      return Buffer.from(this.decrypt(stored)).toString();
    } catch {
      return undefined;
    }
  }

  /** Returns the same 16 bytes for the same text, which cannot be recovered from them (HMAC, RFC 2104). */
  digest(text: string): Uint8Array {
    return createHmac('sha256', this.#key ?? '')
      .update(text)
      .digest()
      .subarray(0, 16);
  }
}
