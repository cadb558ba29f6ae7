import { buffer } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
import type { DkimOptions } from './smtp.options.js';

/**
 * Signs finished bytes (RFC 6376), so that what is signed is what is sent. nodemailer's own signing
 * would be skipped: it happens in a stream that `Outgoing` replaces.
 */
export class MimeSigner {
  readonly #dkim: DKIM | undefined;

  constructor(keys: readonly DkimOptions[]) {
    this.#dkim = keys.length > 0 ? new DKIM({ keys: keys.map((key) => ({ ...key })) }) : undefined;
  }

  async sign(bytes: Buffer): Promise<Buffer> {
    return this.#dkim ? buffer(this.#dkim.sign(bytes)) : bytes;
  }
}
