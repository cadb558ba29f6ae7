import { MailError } from 'nest-mailroom';

/**
 * Nest logs a failed boot with its stack before it throws. Its log is held back until the boot has succeeded
 * (`flushLogs`), so that a failure is printed once: by `endWith`.
 */
export const bootOptions = { abortOnError: false, bufferLogs: true, autoFlushLogs: false };

export function endWith(error: unknown): never {
  // A mail configuration report is complete; a stack would only bury it.
  console.error(MailError.is(error) ? error.message : error);
  process.exit(1);
}
