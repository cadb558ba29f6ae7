import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import type { AttemptOptions, Transport } from './transport.js';

/** A transport that the application's container makes. Resolved on first use, because it exists by then. */
export class ClassTransport implements Transport {
  readonly #instance: () => Transport;

  constructor(instance: () => Transport) {
    this.#instance = instance;
  }

  get name(): string {
    return this.#instance().name;
  }

  get target(): string | undefined {
    return this.#instance().target;
  }

  send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    return this.#instance().send(message, options);
  }

  check(message: RenderedMessage): void {
    this.#instance().check?.(message);
  }

  checkAtBoot(): readonly string[] {
    return this.#instance().checkAtBoot?.() ?? [];
  }

  get accountRate(): Transport['accountRate'] {
    const inner = this.#instance();
    return inner.accountRate?.bind(inner);
  }

  verify(options: AttemptOptions): Promise<void> {
    return this.#instance().verify(options);
  }

  close(): Promise<void> {
    return this.#instance().close();
  }
}
