import type { Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { SendMailOptions, SentMessageInfo } from 'nodemailer';
import XOAuth2 from 'nodemailer/lib/xoauth2';
import type { Carrier } from '../carry-outgoing.js';
import type { SmtpAttempt } from '../smtp-attempt.js';
import type { TokenSource } from './oauth2/token-source.js';
import { XOAUTH2, xoauth2Login } from './oauth2/xoauth2.js';
import { aborted, Session, type SessionOptions } from './session.js';
import type { ResolvedSmtpOptions, ResolvedTls } from './smtp.options.js';
import { transcript } from './transcript.js';
import type { WriteLine } from './transcript.js';

/** Connections to one server, for finished bytes. */
export interface Connections extends Carrier {
  /** Closes all connections, even in the middle of a mail. */
  close(): void;
}

/** Longest silence in milliseconds, whatever the timeout of the attempt (RFC 5321 §4.5.3.2.6). */
const LONGEST_SILENCE = 600_000;

/** Milliseconds for the answer to RSET, which servers give at once. */
const RESET_TIMEOUT = 5_000;

/** Opens no connection yet. There are as many connections as mails being handed over. */
export function openConnections(
  options: ResolvedSmtpOptions,
  write: WriteLine,
  tokens?: TokenSource,
): Connections {
  return new OpenConnections(options, write, tokens);
}

class OpenConnections implements Connections {
  readonly #options: ResolvedSmtpOptions;
  readonly #session: SessionOptions;
  readonly #closing = new AbortController();
  readonly #all = new Set<Session>();
  readonly #idle = new Set<Session>();

  constructor(options: ResolvedSmtpOptions, write: WriteLine, tokens: TokenSource | undefined) {
    this.#options = options;
    this.#session = sessionOptions(options, write, tokens);
  }

  async send(outgoing: SmtpAttempt, { signal = NEVER, dsn }: SendMailOptions): Promise<SentMessageInfo> {
    const session = this.#takeIdle() ?? (await this.#open(signal));
    try {
      return await session.send(outgoing, dsn, signal);
    } finally {
      this.#giveBack(session);
    }
  }

  close(): void {
    this.#closing.abort();
    for (const session of this.#all) session.close();
    this.#all.clear();
    this.#idle.clear();
  }

  /** The server may have closed it meanwhile. */
  #takeIdle(): Session | undefined {
    for (const session of this.#idle) {
      this.#idle.delete(session);
      if (session.isOpen) return session;
      this.#all.delete(session);
    }
    return undefined;
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const startedAt = performance.now();
    const socket = await proxied(this.#options, [signal, this.#closing.signal]);
    const session = new Session(this.#sessionOver(socket, performance.now() - startedAt));
    this.#all.add(session);
    if (this.#closing.signal.aborted) this.close();
    try {
      await session.start(signal);
      return session;
    } catch (error) {
      this.#all.delete(session);
      session.close();
      throw error;
    }
  }

  /** The time that the proxy took is subtracted from that of the connection. */
  #sessionOver(socket: Socket | undefined, elapsed: number): SessionOptions {
    if (!socket) return this.#session;
    const connectionTimeout = Math.max(1, this.#options.connectTimeout - elapsed);
    const connection = { ...this.#session.connection, connection: socket, connectionTimeout };
    return { ...this.#session, connection };
  }

  #giveBack(session: Session): void {
    if (session.isOpen && session.mails < this.#options.maxMessages) this.#idle.add(session);
    else {
      this.#all.delete(session);
      session.close();
    }
  }
}

const NEVER = new AbortController().signal;

/** Opens a tunnel through the proxy, if there is one, by nodemailer. */
async function proxied(
  { host, port, proxy, connectTimeout, tls }: ResolvedSmtpOptions,
  signals: readonly AbortSignal[],
): Promise<Socket | undefined> {
  if (proxy === undefined) return undefined;
  const { getSocket } = createTransport({ ...tlsOptions(tls), proxy, connectionTimeout: connectTimeout });
  if (!getSocket) return undefined;
  const signal = AbortSignal.any([...signals]);
  return new Promise((resolve, reject) => {
    const abort = () => reject(aborted());
    signal.addEventListener('abort', abort, { once: true });
    getSocket({ host, port }, (error, opened) => {
      signal.removeEventListener('abort', abort);
      const socket = opened ? opened.connection : undefined;
      if (signal.aborted) socket?.destroy();
      if (error) reject(error);
      else resolve(socket);
    });
  });
}

function sessionOptions(
  options: ResolvedSmtpOptions,
  write: WriteLine,
  tokens: TokenSource | undefined,
): SessionOptions {
  const { host, port, name, localAddress, tls, connectTimeout } = options;
  return {
    connection: {
      host,
      port,
      name,
      localAddress,
      ...tlsOptions(tls),
      connectionTimeout: connectTimeout,
      greetingTimeout: connectTimeout,
      dnsTimeout: connectTimeout,
      socketTimeout: LONGEST_SILENCE,
      // Destroyed, not flushed: after an abort nothing more may leave, and nothing lingers after close.
      socketCloseTimeout: 0,
      ...(options.debug && { transactionLog: true, logger: transcript(write) }),
      ...(options.oauth2 &&
        tokens && { customAuth: { [XOAUTH2]: xoauth2Login(options.oauth2.user, tokens) } }),
    },
    login: loginOf(options, tokens),
    // In opportunistic mode nodemailer withholds the login on purpose after a failed STARTTLS.
    forceLogin: tls.mode !== 'opportunistic',
    resetTimeout: Math.min(connectTimeout, RESET_TIMEOUT),
    write,
  };
}

type TlsSettings = Pick<
  SessionOptions['connection'],
  'secure' | 'requireTLS' | 'opportunisticTLS' | 'ignoreTLS' | 'tls'
>;

function tlsOptions({ mode, ca, servername }: ResolvedTls): TlsSettings {
  const verified = mode !== 'opportunistic' || ca !== undefined;
  return {
    secure: mode === 'implicit',
    requireTLS: mode === 'required',
    opportunisticTLS: mode === 'opportunistic',
    ignoreTLS: mode === 'off',
    tls: {
      minVersion: 'TLSv1.2',
      rejectUnauthorized: verified,
      ...(ca !== undefined && { ca: [...ca] }),
      ...(servername !== undefined && { servername }),
    },
  };
}

function loginOf(
  { username, password, oauth2 }: ResolvedSmtpOptions,
  tokens: TokenSource | undefined,
): SessionOptions['login'] {
  if (oauth2 && tokens) {
    const { user } = oauth2;
    // nodemailer runs a login of that name only with its own source of tokens, so ours is called here.
    return { type: 'OAUTH2', user, method: XOAUTH2, oauth2: new XOAuth2({ user }) };
  }
  if (username === undefined) return undefined;
  return { type: 'LOGIN', user: username, credentials: { user: username, pass: password } };
}
