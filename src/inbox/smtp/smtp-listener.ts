import { once } from 'node:events';
import { isNativeError } from 'node:util/types';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { MailError, messageOf } from '../../errors/mail-error.js';
import { show } from '../../errors/config-report.js';
import type { Envelope } from '../../message/envelope.js';
import type { ListenerOptions, MailListener, ReceivedMail } from '../capture/listener.js';
import { receivedMail } from './received-mail.js';

export interface SmtpListenerOptions {
  /** 0: any that is free. */
  readonly port: number;
  /** Address it listens on; another one lets other machines send to it. @default '127.0.0.1' */
  readonly host?: string | undefined;
}

const HIGHEST_PORT = 65_535;
/** 0 is taken for none, and then an open connection holds the shutdown up for 30 seconds. */
const AT_ONCE_MS = 1;
const NOT_KEPT = 452;
const TOO_LARGE = 552;
const UNREADABLE = 554;

/**
 * An SMTP server for the inbox, so that other programs can send to it: `MailInboxModule.forRoot({ smtp:
 * smtpListener({ port: 1025 }) })`. It takes every mail and every login, and knows no TLS.
 * Needs the packages `smtp-server` and `postal-mime`.
 * @throws {MailError} `config` for a port that is none
 */
export function smtpListener({ port, host = '127.0.0.1' }: SmtpListenerOptions): MailListener {
  if (!Number.isInteger(port) || port < 0 || port > HIGHEST_PORT) {
    throw new MailError(
      'config',
      `smtpListener: port: expected a number from 0 to ${HIGHEST_PORT}, got ${show(port)}.`,
    );
  }
  let server: SMTPServer | undefined;
  return {
    open: async (options) => {
      server = serverFor(options);
      return { port: await listen(server, port, host) };
    },
    close: async () => {
      const closing = server;
      server = undefined;
      if (closing) await new Promise<void>((resolve) => closing.close(() => resolve()));
    },
  };
}

function serverFor(options: ListenerOptions): SMTPServer {
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    closeTimeout: AT_ONCE_MS,
    size: options.maxSize,
    onAuth: (_login, _session, done) => done(null, { user: 'anybody' }),
    onData: (stream, session, done) => {
      void answer(take(stream, session, options), done);
    },
  });
  // A client that breaks off; the server goes on.
  server.on('error', (error) => options.onFault(cannotListen(error)));
  return server;
}

async function answer(taking: Promise<void>, done: (fault?: Error) => void): Promise<void> {
  const fault: unknown = await taking.then(
    () => undefined,
    (error: unknown) => error,
  );
  done(isNativeError(fault) ? fault : undefined);
}

async function take(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  { receive, onFault }: ListenerOptions,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (!stream.sizeExceeded && Buffer.isBuffer(chunk)) chunks.push(chunk);
  if (stream.sizeExceeded) throw refused(TOO_LARGE, 'This mail is too large for the inbox');
  const { mailFrom, rcptTo } = session.envelope;
  const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
  const mail = await readable(Buffer.concat(chunks), envelope, onFault);
  try {
    await receive(mail);
  } catch {
    throw refused(NOT_KEPT, 'The inbox cannot keep this mail now; send it again later');
  }
}

async function readable(
  source: Buffer,
  envelope: Envelope,
  onFault: ListenerOptions['onFault'],
): Promise<ReceivedMail> {
  try {
    return await receivedMail(source, envelope, new Date());
  } catch (cause) {
    const what = `A mail from SMTP cannot be shown: ${messageOf(cause)}`;
    onFault(new MailError('message-invalid', what, { cause }));
    throw refused(UNREADABLE, 'The inbox cannot read this mail');
  }
}

/** What the server answers its client with. */
function refused(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

async function listen(server: SMTPServer, port: number, host: string): Promise<number> {
  const { server: socket } = server;
  server.listen(port, host);
  try {
    await once(socket, 'listening');
  } catch (error) {
    throw cannotListen(error, `${host}:${port}`);
  }
  const address = socket.address();
  return typeof address === 'object' && address ? address.port : port;
}

function cannotListen(error: unknown, where?: string): MailError {
  const isTaken = isNativeError(error) && 'code' in error && error.code === 'EADDRINUSE';
  const fix = isTaken ? ' Another program listens there: give smtpListener another port.' : '';
  const what = where === undefined ? 'The SMTP server of the inbox' : `The inbox cannot listen on ${where}`;
  return new MailError('config', `${what}: ${messageOf(error)}.${fix}`, { cause: error });
}
