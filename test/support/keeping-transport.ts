import type { AttemptOptions, Receipt, RenderedMessage, Transport } from 'nest-mailroom';

/** A transport that keeps what it was given. */
export class KeepingTransport implements Transport {
  readonly name: string = 'keeping';
  readonly sent: RenderedMessage[] = [];
  closed = 0;

  send(message: RenderedMessage, _options: AttemptOptions): Promise<Receipt> {
    this.sent.push(message);
    const { messageId, envelope } = message;
    return Promise.resolve({
      messageId,
      transport: this.name,
      accepted: envelope.to,
      rejected: [],
      durationMs: 0,
    });
  }

  verify(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}
