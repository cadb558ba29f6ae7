import type { SentMessageInfo, Transporter } from 'nodemailer';
import { abortError, throwIfAborted, unservedError, untilAborted } from '../errors/abort.js';
import { MailError, fieldOf } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { Receipt } from '../message/receipt.js';
import { composeMime } from '../mime/compose-mime.js';
import { closedError } from '../transport/closed.js';
import { refuseForeignOptions } from '../transport/foreign-options.js';
import { SmtpAttempt } from '../transport/smtp-attempt.js';
import { pluginReceipt } from '../transport/plugin/plugin-receipt.js';
import type { Clock } from '../transport/resources.js';
import { classifySmtpError } from '../transport/smtp/classify.js';
import { readFault } from '../transport/smtp/smtp-fault.js';
import { diedWhileIdle } from '../transport/smtp/smtp.transport.js';
import type { AttemptOptions, Transport } from '../transport/transport.js';
import type { ApplicationMailer } from './application-mailer.js';
import { carryFinished } from './carry-finished.js';
import { classifyFailure } from './classify-failure.js';
import { NextHop } from './next-hop.js';

export interface MailerTransportOptions {
  /** Empty for the default transporter. */
  readonly transporterName: string;
  /** The option or variable that named it, for messages. */
  readonly where: string;
  readonly clock?: Clock | undefined;
}

/** The failure of one attempt. */
interface Failed {
  readonly error: unknown;
  readonly outgoing: SmtpAttempt;
  readonly nextHop: NextHop;
}

/** Hands mails to a transporter of the application's `MailerService` and shares its connections. */
export class MailerTransport implements Transport {
  readonly name: string;
  readonly #mailer: ApplicationMailer;
  readonly #transporterName: string;
  readonly #where: string;
  readonly #clock: Clock;
  #closed = false;

  constructor(
    mailer: ApplicationMailer,
    { transporterName, where, clock = Date.now }: MailerTransportOptions,
  ) {
    this.name = transporterName === '' ? 'mailer' : `mailer:${transporterName}`;
    this.#mailer = mailer;
    this.#transporterName = transporterName;
    this.#where = where;
    this.#clock = clock;
  }

  checkAtBoot(): readonly string[] {
    try {
      return warningsOf(this.#transporter(), this.#mailer);
    } catch (error) {
      throw MailError.is(error) ? new MailError(error.code, `${this.#where}: ${error.message}`) : error;
    }
  }

  check(message: RenderedMessage): void {
    refuseForeignOptions(message, this.name);
  }

  async send(message: RenderedMessage, { signal }: AttemptOptions): Promise<Receipt> {
    this.#throwIfClosed();
    this.check(message);
    throwIfAborted(signal);
    const startedAt = this.#clock();
    const bytes = await composeMime(message);
    const result = await this.#attempt(bytes, message, signal);
    const again = 'error' in result && !signal.aborted && diedWhileIdle(result.error, result.outgoing);
    const settled = again ? await this.#attempt(bytes, message, signal) : result;
    if ('error' in settled) throw this.#failure(settled, signal);
    const { info, nextHop } = settled;
    const duration = this.#clock() - startedAt;
    return pluginReceipt(message, info, this.name, duration, (text) => nextHop.conceal(text));
  }

  async #attempt(
    bytes: Buffer,
    message: RenderedMessage,
    signal: AbortSignal,
  ): Promise<Failed | { readonly info: SentMessageInfo; readonly nextHop: NextHop }> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    const transporter = this.#transporter();
    const nextHop = new NextHop(transporter);
    const outgoing = new SmtpAttempt(bytes, message.envelope);
    // A transporter without support for signals goes on after an abort, and its result is dropped.
    const outcome = (): 'unknown' | 'not-sent' => (outgoing.dispatched ? 'unknown' : 'not-sent');
    try {
      const sending = carryFinished(transporter, outgoing, message, signal);
      const info = await (nextHop.isAbortable
        ? sending
        : untilAborted(sending, signal, () => abortError(signal, outcome())));
      return { info, nextHop };
    } catch (error) {
      return { error, outgoing, nextHop };
    }
  }

  #failure({ error, outgoing, nextHop }: Failed, signal: AbortSignal): MailError {
    if (signal.aborted && readFault(error).code === 'EABORT') {
      const outcome = outgoing.handedOver ? 'unknown' : 'not-sent';
      return outgoing.progress === 'connect' ? unservedError(signal) : abortError(signal, outcome);
    }
    return classifyFailure(error, outgoing, nextHop);
  }

  async verify({ signal }: AttemptOptions): Promise<void> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    const transporter = this.#transporter();
    const nextHop = new NextHop(transporter);
    const answer = nextHop.canVerify ? await this.#verified(transporter, nextHop, signal) : undefined;
    if (answer !== true) throw unproven(nextHop);
  }

  async #verified(transporter: Transporter, nextHop: NextHop, signal: AbortSignal): Promise<unknown> {
    try {
      return await untilAborted(Promise.resolve<unknown>(transporter.verify()), signal);
    } catch (error) {
      if (MailError.is(error)) throw error;
      const { peer } = nextHop;
      throw classifySmtpError(error, {
        progress: 'connect',
        peer,
        conceal: (text) => nextHop.conceal(text),
      });
    }
  }

  /** Leaves the connections open: MailerModule closes them, and the application may be sending. */
  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  #transporter(): Transporter {
    return this.#mailer.transporter(this.#transporterName);
  }

  #throwIfClosed(): void {
    if (this.#closed) throw closedError(this.name);
  }
}

/** `unsupported`: the transporter has no way to tell, so no fault is known. */
function unproven({ peer }: NextHop): MailError {
  return new MailError(
    'unsupported',
    `${peer} has no way to tell whether it works. Set verify: 'off' (MAIL_VERIFY=off) for this mailer`,
    { scope: 'config' },
  );
}

/** Options of MailerModule that affect our mails differently from what its users expect. */
function warningsOf(transporter: Transporter, mailer: ApplicationMailer): readonly string[] {
  return [requeueWarning(new NextHop(transporter)), pluginWarning(mailer)].filter(
    (warning) => warning !== undefined,
  );
}

function requeueWarning({ requeues, peer }: NextHop): string | undefined {
  if (requeues === 0) return undefined;
  const times = requeues === undefined ? 'without end' : `up to ${requeues} times`;
  return `The pool of MailerModule to ${peer} starts a mail again by itself when its connection breaks off, ${times}, and tells nobody. Set maxRequeues: 0 in its transport: queue() tries again by its own rules.`;
}

function pluginWarning(mailer: ApplicationMailer): string | undefined {
  const plugins = mailer.option('plugins');
  const count = Array.isArray(plugins)
    ? plugins.filter((plugin) => fieldOf(plugin, 'step') === 'compile').length
    : 0;
  if (count === 0) return undefined;
  return `MailerModule has plugins of the step 'compile' (${count}). A mail sent from here is finished when they see it, so nothing that they do to its recipients, headers or body counts. Do that in an interceptor; \`guard\` limits who may get mail.`;
}
