import { createTransport } from 'nodemailer';
import type { SendMailOptions, SentMessageInfo, Transporter } from 'nodemailer';
import MailMessage from 'nodemailer/lib/mailer/mail-message';
import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool';
import type { Carrier } from '../carry-outgoing.js';
import type { Outgoing } from '../outgoing.js';
import { FinishedMime } from './finished-mime.js';
import type { TokenSource } from './oauth2/token-source.js';
import { XOAUTH2, xoauth2Login } from './oauth2/xoauth2.js';
import type { WriteLine } from './transcript.js';
import { transcript } from './transcript.js';
import type { ResolvedSmtpOptions, ResolvedTls } from './smtp.options.js';

/** nodemailer's pooled connections to one server, for finished bytes. */
export interface Connections extends Carrier {
  /** Cuts every connection off, also those in the middle of a mail. */
  close(): void;
}

/** Opens no connection yet. */
export function openConnections(
  options: ResolvedSmtpOptions,
  write: WriteLine,
  tokens?: TokenSource,
): Connections {
  const transporter = createTransport(poolOptions(options, write, tokens));
  // A fault of an idle connection concerns no mail, and unheard it would end the process.
  transporter.on('error', (error: Error) => write(error.message));
  // `sendMail` would do this with its first mail.
  if (transporter.getSocket) transporter.transporter.getSocket = transporter.getSocket;
  return {
    send: (outgoing, fields) => handOver(transporter, outgoing, fields),
    close: () => transporter.close({ force: true }),
  };
}

/**
 * Hands finished bytes to the pool itself: `sendMail` would first compose a message around them, which
 * takes longer than the rest of its work and the pool's together.
 */
function handOver(
  transporter: Transporter,
  outgoing: Outgoing,
  fields: SendMailOptions,
): Promise<SentMessageInfo> {
  const mail = new MailMessage(transporter, fields);
  mail.message = new FinishedMime(outgoing, fields.messageId);
  return new Promise((resolve, reject) => {
    transporter.transporter.send(mail, (error, info) => {
      if (info) resolve(info);
      else reject(error ?? new Error('The pool answered nothing'));
    });
  });
}

function poolOptions(
  options: ResolvedSmtpOptions,
  write: WriteLine,
  tokens: TokenSource | undefined,
): SMTPPoolOptions & { pool: true } {
  const { host, port, name, localAddress, proxy, tls, connectTimeout } = options;
  return {
    pool: true,
    host,
    port,
    name,
    localAddress,
    ...(proxy !== undefined && { proxy }),
    ...tlsOptions(tls),
    ...loginOptions(options, tokens),
    maxConnections: options.poolSize,
    maxMessages: options.maxMessages,
    // A requeued mail would be a second attempt that nobody asked for.
    maxRequeues: 0,
    connectionTimeout: connectTimeout,
    greetingTimeout: connectTimeout,
    dnsTimeout: connectTimeout,
    // Cut off, not flushed: after an abort nothing more may leave, and nothing lingers after close.
    socketCloseTimeout: 0,
    ...(options.debug && { transactionLog: true, logger: transcript(write) }),
  };
}

type TlsSettings = Pick<SMTPPoolOptions, 'secure' | 'requireTLS' | 'opportunisticTLS' | 'ignoreTLS' | 'tls'>;

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

/**
 * With `forceAuth` a server that offers no login fails the send, where nodemailer would go on without.
 * Not when opportunistic: there it withholds the login on purpose after a failed STARTTLS.
 */
function loginOptions(
  { username, password, oauth2, tls }: ResolvedSmtpOptions,
  tokens: TokenSource | undefined,
): Pick<SMTPPoolOptions, 'auth' | 'forceAuth' | 'customAuth'> {
  const forceAuth = tls.mode !== 'opportunistic';
  if (oauth2 && tokens) {
    const { user } = oauth2;
    return {
      auth: { type: 'OAuth2', user },
      customAuth: { [XOAUTH2]: xoauth2Login(user, tokens) },
      forceAuth,
    };
  }
  if (username === undefined) return {};
  return { auth: { user: username, pass: password }, forceAuth };
}
