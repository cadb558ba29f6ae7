import { invalid } from './refusal.js';

/** How large one message may be. */
export interface MessageLimits {
  /** Mailboxes in to, cc and bcc together. */
  readonly maxRecipients: number;
  /** Bytes of bodies, attachments and alternatives together, before they are encoded for transfer. */
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

/** Adds up what a message holds and refuses the byte that is too many. */
export class SizeBudget {
  readonly #max: number;
  #spent = 0;

  constructor(limits: Pick<MessageLimits, 'maxMessageSize'>) {
    this.#max = limits.maxMessageSize;
  }

  /** @throws {MailError} `message-invalid`, naming the field that goes over the limit */
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
