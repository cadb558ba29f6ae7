import { MailError } from './mail-error.js';
import type { MailOutcome } from './mail-error.js';

/**
 * The error an aborted attempt ends with: `timeout` when the signal says so, else `aborted`; when the
 * whole body was already handed over, `ambiguous`. A `MailError` given as the reason is passed through.
 */
export function abortError(signal: AbortSignal, outcome: MailOutcome = 'not-sent'): MailError {
  const reason: unknown = signal.reason;
  if (outcome === 'unknown') {
    return new MailError(
      'ambiguous',
      'The send was aborted after the mail was handed over, before the answer came',
      {
        cause: reason,
      },
    );
  }
  if (MailError.is(reason)) return reason;
  return isTimeout(reason)
    ? new MailError('timeout', 'The mail was not sent within its time.', { cause: reason })
    : new MailError('aborted', 'The send was aborted before the mail was handed over', { cause: reason });
}

/**
 * The error an aborted attempt ends with that never came to its mail: as `abortError`, but that time ran
 * out is the transport's fault then.
 */
export function unservedError(signal: AbortSignal): MailError {
  const error = abortError(signal);
  if (error.code !== 'timeout') return error;
  return new MailError('timeout', `${error.message} The server had not got to it.`, { cause: error });
}

/** @throws {MailError} `aborted` or `timeout` */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw abortError(signal);
}

/**
 * Settles as `result` does, or rejects once the signal aborts, whether that ends the work or not.
 * @param error what it rejects with then, by default `abortError`
 */
export function untilAborted<T>(
  result: Promise<T>,
  signal: AbortSignal,
  error: () => Error = () => abortError(signal),
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(error());
    const leave = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    result.then(resolve, reject).finally(leave);
  });
}

/** What `AbortSignal.timeout` gives as its reason. */
function isTimeout(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
}
