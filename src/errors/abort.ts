import { MailError } from './mail-error.js';
import type { MailOutcome } from './mail-error.js';

/**
 * The error of an aborted attempt: `timeout` if the signal says so, else `aborted`; `ambiguous` if the
 * whole body was already handed over. A `MailError` given as the reason is passed through.
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
 * The error of an attempt that was aborted before its mail's turn: like `abortError`, but a timeout is then
 * the transport's fault.
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
 * Settles like `result`, or rejects once the signal aborts, even if the work goes on.
 * @param error makes the rejection, by default `abortError`
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

/** The reason that `AbortSignal.timeout` gives. */
function isTimeout(reason: unknown): boolean {
  return typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
}
