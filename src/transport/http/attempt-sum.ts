import { MailError, type Rejection } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import type { Acceptance, ProviderCall } from './provider.js';

/** Adds up the results of all requests for one mail. */
export class AttemptSum {
  readonly #transport: string;
  readonly #message: RenderedMessage;
  readonly #accepted: string[] = [];
  readonly #rejected: Rejection[] = [];
  #providerId: string | undefined;
  readonly #errors: MailError[] = [];
  /** Name of the transport. */
  #fault: MailError | undefined;

  constructor(transport: string, message: RenderedMessage) {
    this.#transport = transport;
    this.#message = message;
  }

  /** True if the transport itself failed: further requests would fail as well. */
  get isOver(): boolean {
    return this.#fault !== undefined;
  }

  accept({ recipients }: ProviderCall, { providerId, rejected = [] }: Acceptance): void {
    const refused = new Map(rejected.map((rejection) => [rejection.address.toLowerCase(), rejection]));
    for (const address of recipients) {
      const rejection = refused.get(address.toLowerCase());
      if (rejection) this.#rejected.push({ ...rejection, address });
      else this.#accepted.push(address);
    }
    this.#providerId ??= providerId;
  }

  refuse({ recipients }: ProviderCall, error: MailError): void {
    this.#errors.push(error);
    if (error.scope === 'transport' || error.scope === 'config') this.#fault ??= error;
    const known = new Set(error.rejected.map(({ address }) => address));
    const others = recipients.filter((address) => !known.has(address));
    this.#rejected.push(...error.rejected, ...others.map((address) => rejectionOf(address, error)));
  }

  /** Adds a request that was not made, because an earlier fault affects all. */
  skip({ recipients }: ProviderCall): void {
    const code = this.#fault?.code ?? 'transport-unavailable';
    this.#rejected.push(...recipients.map((address) => ({ address, code, retryable: true })));
  }

  /** @throws {MailError} if no recipient was accepted */
  receipt(durationMs: number): Receipt {
    if (this.#accepted.length === 0) throw this.#refusal();
    return {
      messageId: this.#message.messageId,
      transport: this.#transport,
      accepted: this.#accepted,
      rejected: this.#rejected,
      ...(this.#providerId !== undefined && { providerId: this.#providerId }),
      durationMs,
    };
  }

  /** Returns the fault of the transport, which proves nothing about the mail: it is tried again unchanged. */
  #refusal(): MailError {
    if (this.#fault) return this.#fault;
    const [first, ...others] = this.#errors;
    const isOne = others.every(({ code }) => code === first?.code && code !== 'recipients-rejected');
    return first && isOne ? first : this.#nobody(first?.message);
  }

  /** Returns the error if each recipient was refused for its own reason. */
  #nobody(said = `${this.#transport} accepted the mail for nobody.`): MailError {
    const retryable = this.#rejected.some((rejection) => rejection.retryable);
    const outcome = this.#rejected.some((rejection) => rejection.outcome === 'unknown')
      ? 'unknown'
      : 'not-sent';
    return new MailError('recipients-rejected', said, {
      retryable,
      outcome,
      rejected: this.#rejected,
    });
  }
}

/** A mail that may have been sent must not be sent again, unless the provider recognises it by its key. */
function rejectionOf(address: string, { code, retryable, outcome, repeatableForMs }: MailError): Rejection {
  return {
    address,
    code,
    retryable: retryable && (outcome === 'not-sent' || repeatableForMs !== undefined),
    ...(outcome === 'unknown' && { outcome }),
  };
}
