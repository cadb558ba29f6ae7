import { createTransport } from 'nodemailer';
import type { SentMessageInfo, Transporter, Transport as NodemailerPlugin } from 'nodemailer';
import type { MailError } from '../../errors/mail-error.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { composeMime } from '../../mime/compose-mime.js';
import { abortError, throwIfAborted, untilAborted } from '../../errors/abort.js';
import { carryOutgoing } from '../carry-outgoing.js';
import type { Carrier } from '../carry-outgoing.js';
import { closedError } from '../closed.js';
import { refuseForeignOptions } from '../foreign-options.js';
import { SmtpAttempt } from '../smtp-attempt.js';
import type { Clock } from '../resources.js';
import { readFault } from '../smtp/smtp-fault.js';
import type { AttemptOptions, Transport } from '../transport.js';
import { classifyPluginError } from './classify-plugin-error.js';
import { pluginFields } from './plugin-fields.js';
import { pluginReceipt } from './plugin-receipt.js';

export interface NodemailerPluginOptions {
  /** Name for receipts and logs. @default the plugin's own name */
  readonly name?: string | undefined;
  readonly clock?: Clock | undefined;
}

/**
 * Hands mails to a nodemailer transport plugin, or to a transporter of nodemailer's `createTransport`. The plugin gets
 * our bytes and our envelope, and the fields for plugins that do not send bytes.
 */
export class NodemailerPluginTransport implements Transport {
  readonly name: string;
  readonly #transporter: Transporter;
  readonly #carrier: Carrier;
  readonly #clock: Clock;
  #closed = false;

  constructor(
    plugin: NodemailerPlugin | Transporter,
    { name, clock = Date.now }: NodemailerPluginOptions = {},
  ) {
    this.#transporter = 'sendMail' in plugin ? plugin : createTransport(plugin);
    this.#carrier = carryOutgoing(this.#transporter);
    this.name = name ?? this.#transporter.transporter.name;
    this.#clock = clock;
  }

  check(message: RenderedMessage): void {
    refuseForeignOptions(message, this.name);
  }

  async send(message: RenderedMessage, { signal }: AttemptOptions): Promise<Receipt> {
    this.#throwIfClosed();
    this.check(message);
    throwIfAborted(signal);
    const startedAt = this.#clock();
    const outgoing = new SmtpAttempt(await composeMime(message), message.envelope);
    const info = await this.#handOver(outgoing, message, signal);
    return pluginReceipt(message, info, this.name, this.#clock() - startedAt);
  }

  async verify({ signal }: AttemptOptions): Promise<void> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    if (!this.#transporter.transporter.verify) return;
    try {
      await untilAborted(Promise.resolve(this.#transporter.verify()), signal);
    } catch (error) {
      throw classifyPluginError(error, this.name, 'connect');
    }
  }

  close(): Promise<void> {
    if (!this.#closed && this.#transporter.transporter.close) this.#transporter.close();
    this.#closed = true;
    return Promise.resolve();
  }

  async #handOver(
    outgoing: SmtpAttempt,
    message: RenderedMessage,
    signal: AbortSignal,
  ): Promise<SentMessageInfo> {
    const sending = this.#carrier.send(outgoing, { ...pluginFields(message), signal });
    // A plugin that ignores signals goes on, and nobody will hear how it ended.
    const outcome = () => (outgoing.dispatched && !this.#abortable() ? 'unknown' : 'not-sent');
    try {
      return await (this.#abortable()
        ? sending
        : untilAborted(sending, signal, () => abortError(signal, outcome())));
    } catch (error) {
      throw this.#failure(error, outgoing, signal);
    }
  }

  #failure(error: unknown, outgoing: SmtpAttempt, signal: AbortSignal): MailError {
    const outcome = outgoing.handedOver ? 'unknown' : 'not-sent';
    if (signal.aborted && readFault(error).code === 'EABORT') return abortError(signal, outcome);
    return this.#closed
      ? closedError(this.name, outcome)
      : classifyPluginError(error, this.name, outgoing.progress);
  }

  #abortable(): boolean {
    return this.#transporter.transporter.supportsAbortSignal ?? false;
  }

  #throwIfClosed(): void {
    if (this.#closed) throw closedError(this.name);
  }
}
