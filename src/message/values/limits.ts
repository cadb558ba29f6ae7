import { invalid } from './refusal.js';

export interface MessageLimits {
  /** Mailboxes in to, cc and bcc together. */
  readonly maxRecipients: number;
  /** Bytes of bodies, attachments and alternatives together, before their transfer encoding. */
  readonly maxMessageSize: number;
}

/** @throws {MailError} `message-invalid` */
export function checkRecipients(count: number, limits: MessageLimits, field: string): void {
  if (count <= limits.maxRecipients) return;
  throw invalid({
    field,
    expected: `at most ${limits.maxRecipients} recipients in to, cc and bcc together`,
    found: `${count}`,
    fix: 'Send one mail to each (sendMany), or raise maxRecipients',
  });
}

/** Adds up the bytes of a message and refuses the first byte beyond the limit. */
export class SizeBudget {
  readonly #max: number;
  #spent = 0;

  constructor(limits: Pick<MessageLimits, 'maxMessageSize'>) {
    this.#max = limits.maxMessageSize;
  }

  /** @throws {MailError} `message-invalid`, naming the field that exceeds the limit */
  spend(bytes: number, field: string): void {
    this.#spent += bytes;
    if (this.#spent <= this.#max) return;
    throw invalid({
      field,
      expected: `a message of at most ${this.#max} bytes`,
      found: `more (${this.#spent} with this field)`,
      fix: 'Link to the file instead, or raise maxMessageSize',
    });
  }
}
