import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import type { AttemptOptions, Transport } from './transport.js';

/**
 * Makes another transport's attempts. It asks for that transport on every use, because the application's container makes
 * instances of classes only later.
 */
export class DelegatingTransport implements Transport {
  readonly #inner: () => Transport;

  constructor(inner: () => Transport) {
    this.#inner = inner;
  }

  /** The transport that makes the attempts. */
  get inner(): Transport {
    return this.#inner();
  }

  get name(): string {
    return this.inner.name;
  }

  get target(): string | undefined {
    return this.inner.target;
  }

  get captures(): boolean | undefined {
    return this.inner.captures;
  }

  get members(): readonly string[] | undefined {
    return this.inner.members;
  }

  send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    return this.inner.send(message, options);
  }

  check(message: RenderedMessage): void {
    this.inner.check?.(message);
  }

  checkAtBoot(): readonly string[] {
    return this.inner.checkAtBoot?.() ?? [];
  }

  get accountRate(): Transport['accountRate'] {
    const inner = this.inner;
    return inner.accountRate?.bind(inner);
  }

  verify(options: AttemptOptions): Promise<void> {
    return this.inner.verify(options);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
