import { once } from 'node:events';
import { isNativeError } from 'node:util/types';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { codeOf, MailError, messageOf } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import type { Envelope } from '../../message/envelope.js';
import type { ListenerOptions, MailListener, ReceivedMail } from '../capture/listener.js';
import { receivedMail } from './received-mail.js';

export interface SmtpListenerOptions {
  /** Port, or 0 for any free one. */
  readonly port: number;
  /** Address to listen on; set it to let other machines send to the inbox. @default '127.0.0.1' */
  readonly host?: string | undefined;
}

const MAX_PORT = 65_535;
/** Not 0, which `smtp-server` replaces with its default: open connections would delay the shutdown by 30 seconds. */
const CLOSE_TIMEOUT_MS = 1;
const NOT_STORED = 452;
const TOO_LARGE = 552;
const UNREADABLE = 554;

/**
 * Creates an SMTP server through which other programs send mails to the inbox: `MailInboxModule.forRoot({ smtp:
 * smtpListener({ port: 1025 }) })`. It accepts every mail and every login, and does not support TLS.
 * Requires the packages `smtp-server` and `postal-mime`.
 * @throws {MailError} `config` for an invalid port
 */
export function smtpListener({ port, host = '127.0.0.1' }: SmtpListenerOptions): MailListener {
  if (!Number.isInteger(port) || port < 0 || port > MAX_PORT) {
    throw new MailError(
      'config',
      `smtpListener: port: expected a number from 0 to ${MAX_PORT}, got ${show(port)}.`,
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
    closeTimeout: CLOSE_TIMEOUT_MS,
    size: options.maxSize,
    onAuth: (_login, _session, done) => done(null, { user: 'anybody' }),
    onData: (stream, session, done) => {
      void answer(take(stream, session, options), done);
    },
  });
  // For instance a client that disconnects; the server goes on.
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
  if (stream.sizeExceeded) throw smtpRefusal(TOO_LARGE, 'This mail is too large for the inbox');
  const { mailFrom, rcptTo } = session.envelope;
  const envelope = { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) };
  const mail = await readable(Buffer.concat(chunks), envelope, onFault);
  try {
    await receive(mail);
  } catch {
    throw smtpRefusal(NOT_STORED, 'The inbox cannot store this mail now; send it again later');
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
    const what = `A mail received over SMTP cannot be shown: ${messageOf(cause)}`;
    onFault(new MailError('message-invalid', what, { cause }));
    throw smtpRefusal(UNREADABLE, 'The inbox cannot read this mail');
  }
}

/** An error with the reply code that the server sends to its client. */
function smtpRefusal(responseCode: number, text: string): Error {
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
  const isTaken = codeOf(error) === 'EADDRINUSE';
  const fix = isTaken ? ' Another program uses that port: give smtpListener another port.' : '';
  const what = where === undefined ? 'The SMTP server of the inbox' : `The inbox cannot listen on ${where}`;
  return new MailError('config', `${what}: ${messageOf(error)}.${fix}`, { cause: error });
}
