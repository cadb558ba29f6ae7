import { MailError, messageOf } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import type { AttemptOptions, Transport } from './transport.js';

/**
 * Milliseconds that an aborted transport may take to tell the outcome. After that the call ends with an unknown outcome: a
 * transport that ignores its signal must not hold its caller.
 */
const ABORT_GRACE_MS = 1_000;

/**
 * Makes an attempt over any transport, also one that breaks the contract.
 * @throws {MailError} also if the transport throws another error, does not stop when it is told to, or accepts nobody
 */
export async function attemptOver(
  transport: Transport,
  message: RenderedMessage,
  options: AttemptOptions,
): Promise<Receipt> {
  const grace = new AbortGrace(options.signal, transport);
  try {
    return checkReceipt(await Promise.race([transport.send(message, options), grace.lost]), transport);
  } catch (error) {
    throw asTransportError(error, transport);
  } finally {
    grace.end();
  }
}

/** Its `lost` rejects when the signal has fired and the transport has not answered within the grace period. */
class AbortGrace {
  readonly lost: Promise<never>;
  readonly #signal: AbortSignal;
  #onAbort: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(signal: AbortSignal, transport: Transport) {
    this.#signal = signal;
    this.lost = new Promise((_, reject) => {
      this.#onAbort = () => {
        this.#timer = setTimeout(() => reject(abandoned(signal, transport)), ABORT_GRACE_MS);
      };
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
  }
}

function abandoned(signal: AbortSignal, transport: Transport): MailError {
  return new MailError(
    'ambiguous',
    `The transport '${transport.name}' did not stop when it was told to; whether the mail went out is not known.`,
    { cause: signal.reason },
  );
}

/** A foreign error proves nothing about the mail: it counts as temporary, with an unknown outcome. */
function asTransportError(error: unknown, transport: Transport): MailError {
  if (MailError.is(error)) return error;
  return new MailError(
    'transport-unavailable',
    `The transport '${transport.name}' failed: ${messageOf(error)}`,
    {
      cause: error,
      outcome: 'unknown',
    },
  );
}

/** A transport of the application may break the contract; then nobody could tell what was sent. */
function checkReceipt(receipt: Receipt | undefined, transport: Transport): Receipt {
  if (!receipt || !Array.isArray(receipt.accepted) || !Array.isArray(receipt.rejected)) {
    throw new MailError(
      'transport-unavailable',
      `The transport '${transport.name}' resolved without a receipt. Return { messageId, transport, accepted, rejected, durationMs }.`,
      { retryable: false, outcome: 'unknown' },
    );
  }
  const { accepted, rejected }: Receipt = receipt;
  if (accepted.length > 0) return receipt;
  throw new MailError('recipients-rejected', `The transport '${transport.name}' accepted no recipient.`, {
    rejected,
    retryable: rejected.some(({ retryable }) => retryable),
  });
}
