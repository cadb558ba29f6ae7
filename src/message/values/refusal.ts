import { MailError } from '../../errors/mail-error.js';

/** The refusal of a field of a mail. */
export interface Refusal {
  /** Path of the field as a caller writes it, e.g. `attachments[0].filename`. */
  readonly field: string;
  readonly expected: string;
  /** The value found, safe to print: see `show`. */
  readonly found: string;
  /** The remedy, if `expected` does not make it plain. */
  readonly fix?: string | undefined;
  /** The recipient at fault, if the field holds one. */
  readonly recipient?: string | undefined;
  readonly cause?: unknown;
}

/** The error for an invalid mail: `message-invalid`. */
export function invalid({ field, expected, found, fix, recipient, cause }: Refusal): MailError {
  const advice = fix === undefined ? '' : `. ${fix}`;
  const message = `${field}: expected ${expected}, got ${found}${advice}`;
  return new MailError('message-invalid', message, { at: { field, recipient }, cause });
}

/** The error for a field that other mail modules know and this one does not support: `unsupported`. */
export function unsupported(field: string, reason: string): MailError {
  return new MailError('unsupported', `${field}: not supported. ${reason}`, { at: { field } });
}
