import { compose, type ComposeContext, type ComposeDefaults, resolveMailable } from './compose/compose.js';
import { deliver } from './deliver/call/deliver.js';
import { type Guarded, guardRecipients, type RecipientGuard } from './deliver/approve/guard.js';
import type { Deadline } from './deliver/call/deadline.js';
import type { InFlight } from './deliver/call/in-flight.js';
import { intercept, type MailInterceptor } from './deliver/approve/interceptor.js';
import type { MailerRateLimiter } from './deliver/limits/mailer-rate-limiter.js';
import { runMany } from './deliver/many/concurrent.js';
import {
  checkConcurrency,
  type Queued,
  type QueueManyOptions,
  QueueRun,
  type SendManyOptions,
  SendRun,
  type Sent,
} from './deliver/many/run.js';
import type { QueueDelivery } from './deliver/worker/queue-delivery.js';
import type { CallLog, FailedCall, MailLog } from './log/mail-log.js';
import { RunLog } from './log/run-log.js';
import { didYouMean } from './errors/closest.js';
import { asMailError, MailError, type Rejection } from './errors/mail-error.js';
import { describeFailure, type PublishMailEvent } from './mail.events.js';
import { show } from './errors/show.js';
import { checkContentIds } from './message/parts/content-ids.js';
import type { Mail, Mailable } from './message/mail.js';
import type { MailObserver } from './mail.observer.js';
import type { Message, RenderedMessage } from './message/message.js';
import type { Receipt } from './message/receipt.js';
import type { NewMail, QueuedMail } from './queue/mail-queue.js';
import { type QueueOptions, readQueueOptions } from './queue/queue-options.js';
import { LONGEST_TIMER_MS } from './reader/kinds.js';
import { renderMessage } from './render/render-message.js';
import type { Renderer } from './render/renderer.js';
import type { Transport } from './transport/transport.js';

export interface SendOptions {
  /** Cancels the call: the mail is not sent after the signal has fired. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call. @default the mailer's `timeout` */
  readonly timeout?: number | undefined;
}

/** A mailer at run time: a transport and the defaults of its mails. */
export interface Mailer {
  readonly name: string;
  readonly transport: Transport;
  readonly defaults: ComposeDefaults;
  readonly guard: RecipientGuard | undefined;
  readonly timeout: number;
  readonly limiter: MailerRateLimiter | undefined;
}

/** Gives each call its mailer: always the same one, or the one that the application resolves for it. */
export interface MailerSource {
  readonly name: string;
  /** Milliseconds of a call until its mailer is known. */
  readonly timeout: number;
  /** The mailer may close after the call. */
  use<T>(call: (mailer: Mailer) => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** True if its mails cannot be queued. */
  readonly isUnqueued?: boolean;
}

/** The mailers that the application's resolver finds. */
export interface MailerSources {
  /** @throws {MailError} `config` for what cannot be a name */
  source(name: string): MailerSource;
  close(): Promise<void>;
}

/** The source of a configured mailer. */
export function sourceOf(mailer: Mailer): MailerSource {
  const { name, timeout } = mailer;
  return { name, timeout, use: (call) => call(mailer) };
}

/** The parts that all mailers of one module share. */
export interface Mailroom {
  readonly mailers: ReadonlyMap<string, Mailer>;
  /** Undefined without a resolver. */
  readonly resolution: MailerSources | undefined;
  readonly renderer: Renderer;
  readonly interceptors: ReadonlyArray<() => MailInterceptor>;
  readonly inFlight: InFlight;
  readonly queueing: QueueDelivery;
  readonly publish: PublishMailEvent;
  readonly log: MailLog;
  readonly observer: MailObserver | undefined;
  readonly context: ComposeContext;
}

/**
 * Sends and queues mails. Inject it (`constructor(private readonly mail: MailService)`) for the default mailer;
 * `@InjectMailer(name)` and `mailer(name)` give the others.
 */
export class MailService {
  readonly #room: Mailroom;
  readonly #source: MailerSource;

  /** Made by `MailModule`. */
  constructor(room: Mailroom, source: MailerSource) {
    this.#room = room;
    this.#source = source;
  }

  /**
   * Sends one mail now: composes, renders and makes one attempt over the transport.
   * Resolves when the next hop accepted at least one recipient; `rejected` lists the others.
   * @throws {MailError} when no recipient was accepted; nothing was sent unless `outcome` is `unknown`
   */
  send(mail: Mail | Mailable, options: SendOptions = {}): Promise<Receipt> {
    return this.#sendOne(mail, options, this.#room.log);
  }

  /**
   * Sends many mails, each as `send` does; one bad mail never stops the others. See `SendRun`.
   * @throws {MailError} `message-invalid` for options that make no sense
   */
  sendMany(
    mails: Iterable<Mail | Mailable> | AsyncIterable<Mail | Mailable>,
    options: SendManyOptions = {},
  ): SendRun {
    const concurrency = checkConcurrency(options.concurrency);
    const log = new RunLog(this.#room.log, 'sendMany');
    const each = async (mail: Mail | Mailable): Promise<Sent> => ({
      receipt: await this.#sendOne(mail, { signal: options.signal }, log),
    });
    const ended = (): void => log.end();
    return new SendRun(() => runMany({ source: mails, each, concurrency, signal: options.signal, ended }));
  }

  /**
   * Queues one mail: composes, renders and stores it. Resolves as soon as the mail is durable; from then on
   * the module delivers it in the background, also after a crash of this process. Attachments are read now, and every
   * attempt sends the same bytes with the same Message-ID. Without a `date`, the Date of the mail is
   * the time it is due, or the time of the first attempt if an operator makes that come earlier.
   * @throws {MailError} when the mail itself is wrong, and nothing is queued; `queue-full`; `config` without a queue,
   * or with `via` and without a table for it; `unsupported` for a resolved mailer on BullMQ
   */
  queue(mail: Mail | Mailable, options: QueueOptions = {}): Promise<QueuedMail> {
    return this.#queueOne(mail, options, this.#room.log);
  }

  /**
   * Queues many mails, each as `queue` does; one bad mail never stops the others. See `QueueRun`.
   * @throws {MailError} `message-invalid` for options that make no sense
   */
  queueMany(
    mails: Iterable<Mail | Mailable> | AsyncIterable<Mail | Mailable>,
    { concurrency, signal, ...options }: QueueManyOptions = {},
  ): QueueRun {
    // A transaction has one connection, and that runs one statement at a time.
    const log = new RunLog(this.#room.log, 'queueMany');
    const width = checkConcurrency(concurrency ?? (options.via ? 1 : QUEUE_WIDTH));
    const each = async (mail: Mail | Mailable): Promise<Queued> => ({
      mail: await this.#queueOne(mail, options, log),
    });
    const ended = (): void => log.end();
    return new QueueRun(() => runMany({ source: mails, each, concurrency: width, signal, ended }));
  }

  /**
   * Composes and renders without sending; interceptors and the recipient guard are not run.
   * @throws {MailError}
   */
  async render(mail: Mail | Mailable): Promise<RenderedMessage> {
    return this.#source.use(async ({ defaults }) =>
      this.#render(await compose(await resolveMailable(mail), defaults, this.#room.context)),
    );
  }

  /**
   * Checks that this mailer's transport could hand over a mail now; sends nothing.
   * @throws {MailError}
   */
  verify(options: SendOptions = {}): Promise<void> {
    return this.#run(options, (call) => this.#use(call, (mailer) => verifyMailer(mailer, call.signal)));
  }

  /**
   * Returns the mailer of that name. With a `resolver`, every other name is one that it is asked for with each mail.
   * @throws {MailError} `config` when there is none; of a name that is to be resolved, its calls throw that
   */
  mailer(name: string): MailService {
    const { mailers, resolution } = this.#room;
    const mailer = mailers.get(name);
    const source = mailer ? sourceOf(mailer) : resolution?.source(name);
    if (source) return new MailService(this.#room, source);
    throw unknownMailer(name, [...mailers.keys()]);
  }

  async #run<T>(options: SendOptions, run: (call: Call) => Promise<T>): Promise<T> {
    const given = options.timeout === undefined ? undefined : checkTimeout(options.timeout);
    const { inFlight } = this.#room;
    return inFlight.run(given ?? this.#source.timeout, options.signal, (deadline) =>
      run({ deadline, signal: deadline.signal, given }),
    );
  }

  /** Runs the part of a call that needs the mailer, which may have a timeout of its own. */
  #use<T>(
    { deadline, signal, given }: Call,
    run: (mailer: Mailer, timeout: number) => Promise<T>,
  ): Promise<T> {
    return this.#source.use((mailer) => {
      const timeout = given ?? mailer.timeout;
      deadline.change(timeout);
      return run(mailer, timeout);
    }, signal);
  }

  /** Runs one call and logs its failure. */
  async #sendOne(mail: Mail | Mailable, options: SendOptions, log: CallLog): Promise<Receipt> {
    const draft: Draft = {};
    try {
      const receipt = await this.#run(options, (call) => this.#send(mail, draft, call));
      if (draft.message) log.sent(draft.message, receipt);
      return receipt;
    } catch (error) {
      log.failed(this.#failedCall('send', draft, error));
      throw error;
    }
  }

  async #queueOne(mail: Mail | Mailable, options: QueueOptions, log: CallLog): Promise<QueuedMail> {
    const draft: Draft = {};
    try {
      return await this.#run({}, (call) =>
        this.#use(call, (mailer) => this.#queue(mail, draft, options, { mailer, signal: call.signal, log })),
      );
    } catch (error) {
      log.failed(this.#failedCall('queue', draft, error));
      throw error;
    }
  }

  #failedCall(call: FailedCall['call'], { message }: Draft, error: unknown): FailedCall {
    return { call, mailer: this.#source.name, message, error: asMailError(error) };
  }

  async #send(mail: Mail | Mailable, draft: Draft, call: Call): Promise<Receipt> {
    try {
      return await this.#use(call, (mailer, timeout) => this.#sendBy(mailer, mail, draft, call, timeout));
    } catch (error) {
      const failure = asMailError(error);
      this.#room.publish('mail.failed', describeFailure(this.#source.name, draft.message, failure));
      throw failure;
    }
  }

  async #sendBy(
    mailer: Mailer,
    mail: Mail | Mailable,
    draft: Draft,
    { deadline: { endsAt }, signal }: Call,
    timeout: number,
  ): Promise<Receipt> {
    const { context, publish } = this.#room;
    const ownId = context.randomId();
    const own = { ...context, randomId: () => ownId, signal };
    const composed = await compose(await resolveMailable(mail), mailer.defaults, own);
    draft.message = await this.#render(composed, signal);
    const { message, suppressed } = await this.#approve(mailer, draft.message, composed);
    draft.message = message;
    const recipients = message.envelope.to.length;
    await mailer.limiter?.acquire({ mailer: mailer.name, recipients, withinMs: timeout, signal });
    // The caller may give a Message-ID in order to send the same mail again.
    const isFirst = message.messageId.startsWith(`<${ownId}@`);
    const receipt = await deliver(message, mailer.transport, { signal, endsAt, isFirst, publish });
    return withSuppressed(receipt, suppressed);
  }

  async #queue(
    mail: Mail | Mailable,
    draft: Draft,
    options: QueueOptions,
    { mailer, signal, log }: { readonly mailer: Mailer; readonly signal: AbortSignal; readonly log: CallLog },
  ): Promise<QueuedMail> {
    const { context } = this.#room;
    if (this.#source.isUnqueued) throw unqueued(mailer.name);
    const now = context.now();
    const { schedule, via } = readQueueOptions(options, now);
    const due = schedule.dueAt > now ? schedule.dueAt : now;
    const own = { ...context, signal, now: () => due };
    const composed = await compose(await resolveMailable(mail), mailer.defaults, own);
    draft.message = await this.#render(composed, signal);
    const { message, suppressed } = await this.#approve(mailer, draft.message, composed);
    draft.message = message;
    signal.throwIfAborted();
    // A given date was copied; an interceptor may have set another.
    const hasDefaultDate = composed.date === due && message.date.getTime() === due.getTime();
    const queued = await this.#enqueue(via, { ...schedule, message, hasDefaultDate });
    if (!queued.duplicate) log.suppressed(message, suppressed);
    return queued;
  }

  #enqueue(via: QueueOptions['via'], mail: NewMail): Promise<QueuedMail> {
    const { queueing } = this.#room;
    return via ? queueing.addVia(via, mail) : queueing.add(mail);
  }

  /** The message after interceptors and recipient guard. */
  async #approve(
    { defaults, guard, transport }: Mailer,
    message: RenderedMessage,
    { body }: Message,
  ): Promise<Guarded> {
    const { interceptors, observer } = this.#room;
    const intercepted = await intercept(message, interceptors, defaults);
    checkContentIds(intercepted);
    const guarded = guardRecipients(intercepted, guard);
    transport.check?.(guarded.message);
    observer?.onApproved(guarded.message, 'template' in body ? body.context : undefined);
    return guarded;
  }

  #render(message: Message, signal?: AbortSignal): Promise<RenderedMessage> {
    return renderMessage(message, this.#room.renderer, signal);
  }
}

/** A call under way. */
interface Call {
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  /** The caller's timeout. */
  readonly given: number | undefined;
}

/** How far a call came with its mail. */
interface Draft {
  message?: RenderedMessage;
}

function unqueued(name: string): MailError {
  return new MailError(
    'unsupported',
    `The mailer '${name}' is found by the resolver, and this queue driver cannot hold its mails in this version: use send() or the spool, or add the mailer under 'mailers' of the MailModule options.`,
  );
}

/** Mails stored at the same time share one write to the disk. */
const QUEUE_WIDTH = 100;

/** Refuses values that a timer would turn into one millisecond. */
function checkTimeout(timeout: number): number {
  if (timeout > 0 && timeout <= LONGEST_TIMER_MS) return timeout;
  throw new MailError(
    'message-invalid',
    `timeout: expected milliseconds from 1 to ${LONGEST_TIMER_MS}, got ${show(timeout)}.`,
    { at: { field: 'timeout' } },
  );
}

function withSuppressed(receipt: Receipt, suppressed: readonly Rejection[]): Receipt {
  return suppressed.length > 0 ? { ...receipt, rejected: [...receipt.rejected, ...suppressed] } : receipt;
}

/** @throws {MailError} when a mail could not be handed over now, or not within the rate limit */
export async function verifyMailer({ transport, limiter }: Mailer, signal: AbortSignal): Promise<void> {
  await transport.verify({ signal });
  await limiter?.ready(signal);
}

export function unknownMailer(name: string, known: readonly string[]): MailError {
  return new MailError(
    'config',
    `There is no mailer '${name}'${didYouMean(name, known) || '.'} Known: ${known.join(', ')}. Add it under 'mailers' of the MailModule options.`,
  );
}
