import type { SendMailOptions, SentMessageInfo } from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { messageOf } from '../../errors/mail-error.js';
import { type SmtpAttempt, wireEnvelope } from '../smtp-attempt.js';
import { isSessionSpoilt } from './classify.js';
import { ReplyWatch } from './reply-watch.js';
import { readFault } from './smtp-fault.js';
import type { WriteLine } from './transcript.js';

type ConnectionOptions = NonNullable<ConstructorParameters<typeof SMTPConnection>[0]>;
type Login = NonNullable<Parameters<SMTPConnection['login']>[0]>;

export interface SessionOptions {
  readonly connection: ConnectionOptions;
  readonly login?: Login | undefined;
  /** True if a server without a login fails the session; nodemailer would go on without one. */
  readonly forceLogin: boolean;
  /** Milliseconds for RSET after a refused mail; a server that takes longer loses the connection. */
  readonly resetTimeout: number;
  /** Logs a line that nodemailer did not see. */
  readonly write: WriteLine;
}

/** One connection to a server, for one mail after another. Each wait ends with its signal or with the connection. */
export class Session {
  readonly #options: SessionOptions;
  readonly #connection: SMTPConnection;
  #isOpen = true;
  #isPipelined = false;
  #mails = 0;
  #interrupt: ((error: unknown) => void) | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#connection = new SMTPConnection(options.connection);
    this.#connection.on('error', (error: unknown) => this.#end(error));
    // nodemailer gives a mail the reason only after this event.
    this.#connection.once('end', () => setImmediate(() => this.#end(lost())));
  }

  /** True if it can take a mail. */
  get isOpen(): boolean {
    return this.#isOpen && !this.#connection.destroyed;
  }

  /** Number of mails that it was given. */
  get mails(): number {
    return this.#mails;
  }

  /** Connects, secures and logs in. */
  async start(signal: AbortSignal): Promise<void> {
    const connection = this.#connection;
    await this.#wait<void>(signal, (done, fail) =>
      connection.connect((error) => (error ? fail(error) : done())),
    );
    this.#isPipelined = isPipelined(connection.lastServerResponse);
    const { login, forceLogin } = this.#options;
    if (login && (connection.allowsAuth || forceLogin)) {
      await this.#wait<void>(signal, (done, fail) =>
        connection.login(login, (error) => (error ? fail(error) : done())),
      );
    }
    await this.#settle(signal);
  }

  /**
   * Sends one mail. Afterwards the session is ready for another one, or closed.
   * @throws nodemailer's error, or a `SessionFault`
   */
  async send(
    outgoing: SmtpAttempt,
    dsn: SendMailOptions['dsn'],
    signal: AbortSignal,
  ): Promise<SentMessageInfo> {
    const envelope = { ...wireEnvelope(outgoing), ...(dsn && { dsn }) };
    const isReused = this.#mails > 0;
    this.#mails += 1;
    const watch = new ReplyWatch(outgoing.envelope.to.length, this.#isPipelined, () => outgoing.handedOver);
    const stop = this.#watch(watch);
    try {
      return await this.#wait<SentMessageInfo>(signal, (done, fail) =>
        this.#connection.send(envelope, outgoing.open(), (error, info) =>
          error ? fail(error) : done({ ...info, messageId: '', envelope }),
        ),
      );
    } catch (error) {
      stop();
      if (isReused && outgoing.progress === 'envelope' && isLoss(error)) throw lost();
      if (!watch.isSpent) await this.#recover(error, signal);
      throw error;
    } finally {
      stop();
      if (watch.isSpent) this.close();
    }
  }

  /** Closes the connection, even in the middle of a mail. */
  close(): void {
    this.#end(lost());
  }

  /** Resets the session after a refused mail. Any other failure ends it. */
  async #recover(error: unknown, signal: AbortSignal): Promise<void> {
    const { code, reply } = readFault(error);
    if (!this.isOpen || (code !== 'EENVELOPE' && code !== 'EMESSAGE') || isSessionSpoilt(error))
      return this.close();
    // Without a reply no command was sent.
    if (!reply) return;
    const late = setTimeout(() => this.close(), this.#options.resetTimeout);
    try {
      await this.#wait<void>(signal, (done, fail) =>
        this.#connection.reset((failed) => (failed ? fail(failed) : done())),
      );
      await this.#settle(signal);
    } catch {
      this.close();
    } finally {
      clearTimeout(late);
    }
  }

  /** Shows nodemailer the text after the last reply. That ends the session, before a mail takes the text for an answer. */
  async #settle(signal: AbortSignal): Promise<void> {
    await this.#wait<void>(signal, (done) => void setImmediate(() => setImmediate(done)));
    if (!this.isOpen) throw lost();
  }

  /** Reads replies before nodemailer does. */
  #watch(watch: ReplyWatch): () => void {
    const { _socket: socket } = this.#connection;
    if (!socket) return () => {};
    const read = (chunk: Buffer) => {
      try {
        watch.read(chunk);
      } catch (error) {
        this.#options.write(`smtp: ${messageOf(error)}`);
        this.#end(error);
      }
    };
    socket.prependListener('data', read);
    return () => void socket.removeListener('data', read);
  }

  async #wait<T>(
    signal: AbortSignal,
    start: (done: (result: T) => void, fail: (error: unknown) => void) => void,
  ): Promise<T> {
    const abort = () => this.#end(aborted());
    signal.addEventListener('abort', abort);
    try {
      return await new Promise<T>((done, fail) => {
        this.#interrupt = fail;
        if (signal.aborted) abort();
        else start(done, fail);
      });
    } finally {
      this.#interrupt = undefined;
      signal.removeEventListener('abort', abort);
    }
  }

  #end(error: unknown): void {
    this.#isOpen = false;
    this.#connection.close();
    this.#interrupt?.(error);
  }
}

/** Decides by the answer to EHLO, as nodemailer does. After a refused STARTTLS the answer is gone: assume pipelining. */
function isPipelined(answer: string | false): boolean {
  return answer === false || !answer.startsWith('2') || /[ -]PIPELINING\b/im.test(answer);
}

/** The fault of a connection that closed without a reason. */
function isLoss(error: unknown): boolean {
  const { code, reply } = readFault(error);
  return !reply && (code === 'ECONNECTION' || code === 'ESOCKET');
}

/** The fault names no command: the server has not seen the mail (see `diedWhileIdle`). */
const lost = (): Error => Object.assign(new Error('The connection was lost'), { code: 'ECONNECTION' });

/** nodemailer's message when a signal ends a mail. */
export const aborted = (): Error => Object.assign(new Error('Message sending aborted'), { code: 'EABORT' });
