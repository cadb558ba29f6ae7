import type { MailError } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import { DelegatingTransport } from './delegating.transport.js';
import type { AttemptOptions, Transport } from './transport.js';

/** Returns the fault that an attempt is to end with, or undefined if it is to be made. */
export type InjectFault = (message: RenderedMessage) => MailError | undefined;

/** Makes some attempts of another transport fail on purpose, to see what happens then. */
export class FaultInjectingTransport extends DelegatingTransport {
  readonly #injectFault: InjectFault;

  constructor(inner: Transport, injectFault: InjectFault) {
    super(() => inner);
    this.#injectFault = injectFault;
  }

  override async send(message: RenderedMessage, options: AttemptOptions): Promise<Receipt> {
    const fault = this.#injectFault(message);
    if (fault) throw fault;
    return super.send(message, options);
  }
}
