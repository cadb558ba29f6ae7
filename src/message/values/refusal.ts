import { MailError } from '../../errors/mail-error.js';

/** Why a field of a mail is refused. */
export interface Refusal {
  /** Path of the field as a caller writes it, e.g. `attachments[0].filename`. */
  readonly field: string;
  readonly expected: string;
  /** What was found, already safe to print: see `show`. */
  readonly found: string;
  /** What to do about it, when that is not plain from `expected`. */
  readonly fix?: string | undefined;
  /** The recipient at fault, when the field holds one. */
  readonly recipient?: string | undefined;
  readonly cause?: unknown;
}

/** The error for a mail that is wrong in itself: `message-invalid`. */
export function invalid({ field, expected, found, fix, recipient, cause }: Refusal): MailError {
  const advice = fix === undefined ? '' : `. ${fix}`;
  const message = `${field}: expected ${expected}, got ${found}${advice}`;
  return new MailError('message-invalid', message, { at: { field, recipient }, cause });
}

/** The error for a field that other mailers know and this module will not honour: `unsupported`. */
export function unsupported(field: string, reason: string): MailError {
  return new MailError('unsupported', `${field}: not supported. ${reason}`, { at: { field } });
}
