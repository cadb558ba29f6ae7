import type { MailError } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import type { AttemptOptions, Transport } from './transport.js';

/** The fault an attempt is to end with; undefined: it is made. */
export type InjectFault = (message: RenderedMessage) => MailError | undefined;

/** That which makes the attempts. */
export function withoutFaults(transport: Transport): Transport {
  return transport instanceof FaultInjectingTransport ? transport.inner : transport;
}

/** Another transport, some attempts of which fail because somebody wants to see what happens then. */
export class FaultInjectingTransport implements Transport {
  readonly name: string;
  /** That which makes the attempts. */
  readonly inner: Transport;
  readonly #rehearse: InjectFault;

  constructor(transport: Transport, rehearse: InjectFault) {
    this.name = transport.name;
    this.inner = transport;
    this.#rehearse = rehearse;
  }

  get target(): string | undefined {
    return this.inner.target;
  }

  async send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    const fault = this.#rehearse(message);
    if (fault) throw fault;
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
