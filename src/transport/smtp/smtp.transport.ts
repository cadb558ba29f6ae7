import { Logger } from '@nestjs/common';
import type { SendMailOptions, SentMessageInfo } from 'nodemailer';
import { MailError } from '../../errors/mail-error.js';
import { ConfigReport } from '../../errors/config-report.js';
import type { DeliveryStatusRequest } from '../../message/envelope.js';
import type { RenderedMessage } from '../../message/message.js';
import type { Receipt } from '../../message/receipt.js';
import { composeMime } from '../../mime/compose-mime.js';
import { abortError, throwIfAborted, unservedError } from '../../errors/abort.js';
import { closedError } from '../closed.js';
import { refuseForeignOptions } from '../foreign-options.js';
import { SmtpAttempt } from '../smtp-attempt.js';
import type { TransportResources } from '../resources.js';
import type { AttemptOptions, Transport } from '../transport.js';
import { classifyRejection, classifySmtpError, isSessionSpoilt } from './classify.js';
import { openConnections } from './connections.js';
import type { Connections } from './connections.js';
import { configuredSecrets, tokenFetcher } from './oauth2/fetch-token.js';
import { TokenSource } from './oauth2/token-source.js';
import { tokenFaultOf } from './oauth2/xoauth2.js';
import { RenewedConnections } from './renewed-connections.js';
import { resolveSmtpOptions } from './resolve-smtp-options.js';
import { Secrets } from './secrets.js';
import { MimeSigner } from './sign-mime.js';
import { Semaphore } from './semaphore.js';
import type { WriteLine } from './transcript.js';
import { readable, shown } from '../remote-text.js';
import { readFault } from './smtp-fault.js';
import type { ResolvedSmtpOptions, SmtpOptions } from './smtp.options.js';

/** The result of handing a mail to nodemailer once. */
type Attempt =
  { readonly info: SentMessageInfo } | { readonly error: unknown; readonly attempt: SmtpAttempt };

/** Hands mails to an SMTP server (RFC 5321) over a pool of connections, opened when they are needed. */
export class SmtpTransport implements Transport {
  readonly name = 'smtp';
  readonly target: string;
  readonly #options: ResolvedSmtpOptions;
  readonly #clock: () => number;
  readonly #write: WriteLine;
  readonly #secrets: Secrets;
  readonly #signer: MimeSigner;
  readonly #semaphore: Semaphore;
  /** Secrets of all connections, including those that only probe. */
  readonly #tokens: TokenSource | undefined;
  readonly #connections: Connections;
  readonly #probes = new Set<Connections>();
  #takesUtf8 = false;
  #closed = false;

  /**
   * @param resolved the same options, if they are resolved already
   * @throws {MailError} `config`, listing all faults of the options
   */
  constructor(
    options: SmtpOptions,
    { logger, clock }: Partial<TransportResources> = {},
    resolved: ResolvedSmtpOptions = resolvedOrThrow(options),
  ) {
    this.#options = resolved;
    this.target = `${this.#options.host}:${this.#options.port}`;
    this.#clock = clock ?? Date.now;
    const { oauth2 } = this.#options;
    this.#secrets = new Secrets({
      ...this.#options,
      username: oauth2?.user ?? this.#options.username,
      others: oauth2 && configuredSecrets(oauth2),
    });
    const log = logger ?? new Logger('SmtpTransport');
    this.#write = (line) => log.debug(this.#secrets.conceal(line));
    this.#signer = new MimeSigner(this.#options.dkim);
    this.#semaphore = new Semaphore(this.#options.poolSize);
    this.#tokens = this.#tokenSource();
    this.#connections = new RenewedConnections(
      () => openConnections(this.#options, this.#write, this.#tokens),
      isSessionSpoilt,
    );
  }

  check(message: RenderedMessage): void {
    refuseForeignOptions(message, this.name);
  }

  async send(message: RenderedMessage, { signal }: AttemptOptions): Promise<Receipt> {
    this.#throwIfClosed();
    this.check(message);
    const startedAt = this.#clock();
    await this.#semaphore.acquire(signal);
    try {
      await this.#throwIfForeign(message, signal);
      const bytes = await this.#signer.sign(await composeMime(message));
      const info = await this.#handOver(bytes, message, signal);
      return this.#receipt(message, info, startedAt);
    } finally {
      this.#semaphore.release();
    }
  }

  async verify({ signal }: AttemptOptions): Promise<void> {
    this.#throwIfClosed();
    throwIfAborted(signal);
    await this.#probe(this.#options, this.#write, signal);
  }

  /** Does not wait: mails under way are aborted, and end as `closed` or `ambiguous`. */
  close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#semaphore.clear(closedError(this.name));
      for (const connections of [this.#connections, ...this.#probes]) connections.close();
      this.#tokens?.close();
    }
    return Promise.resolve();
  }

  #tokenSource(): TokenSource | undefined {
    const { oauth2, connectTimeout: timeout } = this.#options;
    if (!oauth2) return undefined;
    const fetchToken = tokenFetcher(oauth2, {
      clock: this.#clock,
      conceal: (text) => this.#secrets.conceal(text),
      onSecret: (secret) => this.#secrets.learn(secret),
    });
    return new TokenSource({ fetch: fetchToken, timeout, clock: this.#clock, transport: this.name });
  }

  /** Uses a connection of its own: an idle one may be dead unnoticed. */
  async #probe(options: ResolvedSmtpOptions, write: WriteLine, signal: AbortSignal): Promise<void> {
    const connections = openConnections(options, write, this.#tokens);
    this.#probes.add(connections);
    // Without recipients nodemailer connects, secures and logs in, and then stops.
    const probe = new SmtpAttempt(Buffer.alloc(0), { from: '', to: [] });
    try {
      await connections.send(probe, { signal });
    } catch (error) {
      if (probe.progress === 'connect') throw this.#failure(error, probe, signal);
    } finally {
      this.#probes.delete(connections);
      connections.close();
    }
  }

  /**
   * Checks for SMTPUTF8 (RFC 6531), which addresses beyond ASCII need; nodemailer would send them to any server. Only the
   * conversation shows the extensions of a server, so it is asked once before the first such mail.
   * @throws {MailError} `unsupported`
   */
  async #throwIfForeign({ envelope }: RenderedMessage, signal: AbortSignal): Promise<void> {
    const foreign = [envelope.from, ...envelope.to].find((address) => /\P{ASCII}/u.test(address));
    if (foreign === undefined || this.#takesUtf8) return;
    const lines: string[] = [];
    await this.#probe({ ...this.#options, debug: true }, (line) => lines.push(line), signal);
    this.#takesUtf8 = /^(S: )?250[ -]SMTPUTF8\b/im.test(lines.join('\n'));
    if (this.#takesUtf8) return;
    throw new MailError(
      'unsupported',
      `${this.target} does not offer SMTPUTF8, which the address ${foreign} needs`,
      {
        at: { recipient: foreign },
      },
    );
  }

  async #handOver(bytes: Buffer, message: RenderedMessage, signal: AbortSignal): Promise<SentMessageInfo> {
    let attempt = await this.#attempt(bytes, message, signal);
    if (
      'error' in attempt &&
      !signal.aborted &&
      !this.#closed &&
      diedWhileIdle(attempt.error, attempt.attempt)
    ) {
      attempt = await this.#attempt(bytes, message, signal);
    }
    if ('error' in attempt) throw this.#failure(attempt.error, attempt.attempt, signal);
    return attempt.info;
  }

  async #attempt(bytes: Buffer, message: RenderedMessage, signal: AbortSignal): Promise<Attempt> {
    this.#throwIfClosed();
    const attempt = new SmtpAttempt(bytes, message.envelope);
    const { messageId, envelope } = message;
    try {
      return {
        info: await this.#connections.send(attempt, {
          messageId,
          signal,
          ...dsnField(envelope.dsn),
        }),
      };
    } catch (error) {
      return { error, attempt };
    }
  }

  #failure(error: unknown, attempt: SmtpAttempt, signal: AbortSignal): MailError {
    const outcome = attempt.handedOver ? 'unknown' : 'not-sent';
    const { code, reply } = readFault(error);
    if (signal.aborted && code === 'EABORT') {
      return attempt.progress === 'connect' ? unservedError(signal) : abortError(signal, outcome);
    }
    if (this.#closed && !reply) return closedError(this.name, outcome);
    const tokenFault = tokenFaultOf(error);
    if (tokenFault) return tokenFault;
    return classifySmtpError(error, {
      progress: attempt.progress,
      peer: this.target,
      startsPlain: this.#options.tls.mode !== 'implicit',
      conceal: (text) => this.#secrets.conceal(text),
    });
  }

  #receipt({ messageId }: RenderedMessage, info: SentMessageInfo, startedAt: number): Receipt {
    const refused: unknown = info['rejectedErrors'];
    const conceal = (text: string) => this.#secrets.conceal(text);
    return {
      messageId,
      transport: this.name,
      accepted: info.accepted ?? [],
      rejected: Array.isArray(refused) ? refused.map((error) => classifyRejection(error, conceal)) : [],
      ...(info.response !== undefined && { response: shown(readable(info.response), conceal) }),
      durationMs: this.#clock() - startedAt,
    };
  }

  #throwIfClosed(): void {
    if (this.#closed) throw closedError(this.name);
  }
}

function resolvedOrThrow(options: SmtpOptions): ResolvedSmtpOptions {
  const report = new ConfigReport();
  const resolved = resolveSmtpOptions(options, report, 'smtp');
  report.throwIfAny('The SMTP transport cannot be set up:');
  if (!resolved) throw new MailError('config', 'The SMTP transport cannot be set up');
  return resolved;
}

/**
 * True if the pool picked a connection that the server had closed meanwhile: it then fails the mail with an error that
 * names no command. The body was not read, so another connection may send the mail.
 */
export function diedWhileIdle(error: unknown, { progress }: SmtpAttempt): boolean {
  const { code, command, reply } = readFault(error);
  return progress === 'envelope' && code === 'ECONNECTION' && command === undefined && !reply;
}

export function dsnField(dsn: DeliveryStatusRequest | undefined): Pick<SendMailOptions, 'dsn'> {
  if (!dsn) return {};
  const { id, return: ret, notify, recipient } = dsn;
  return { dsn: { id, return: ret, notify: typeof notify === 'string' ? notify : [...notify], recipient } };
}
