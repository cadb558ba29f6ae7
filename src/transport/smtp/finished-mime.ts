import type { Readable } from 'node:stream';
import MimeNode, { type MimeNodeEnvelope } from 'nodemailer/lib/mime-node';
import { type Outgoing, wireEnvelope } from '../outgoing.js';

/** What nodemailer's pool asks a message for, answered by bytes and an envelope that are made already. */
export class FinishedMime extends MimeNode {
  readonly #outgoing: Outgoing;
  readonly #messageId: string;

  constructor(outgoing: Outgoing, messageId = '') {
    // A boundary is given so that none is drawn from the random generator; it is not used.
    super('message/rfc822', { baseBoundary: 'none' });
    this.#outgoing = outgoing;
    this.#messageId = messageId;
  }

  override getEnvelope(): MimeNodeEnvelope {
    return wireEnvelope(this.#outgoing);
  }

  override messageId(): string {
    return this.#messageId;
  }

  override createReadStream(): Readable {
    return this.#outgoing.open();
  }
}
