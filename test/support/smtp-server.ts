import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerAddress, SMTPServerOptions, SMTPServerSession } from 'smtp-server';
import { SERVER_CERTIFICATE } from './certificates.js';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly bytes: Buffer;
  readonly session: SMTPServerSession;
  readonly mailArgs: unknown;
  readonly rcptArgs: readonly unknown[];
}

/** The server's answer to a command: an SMTP reply other than 2yz, or nothing for yes. */
type Refusal = { readonly code: number; readonly text: string } | undefined;

export interface TestServerOptions extends SMTPServerOptions {
  readonly refuseLogin?: (user: string, secret: string) => Refusal;
  readonly refuseSender?: (address: string) => Refusal;
  readonly refuseRecipient?: (address: string) => Refusal;
  readonly refuseMail?: () => Refusal;
}

export interface TestServer {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Connections ever, and at most at one time. */
  readonly connections: { readonly total: number; readonly most: number };
  readonly logins: readonly string[];
  close(): Promise<void>;
}

const errorOf = (refusal: Refusal): Error | null =>
  refusal ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null;

const addressOf = (address: SMTPServerAddress | false): string => (address ? address.address : '');

function receivedMail(bytes: Buffer, session: SMTPServerSession): ReceivedMail {
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: addressOf(mailFrom),
    to: rcptTo.map(addressOf),
    bytes,
    session,
    mailArgs: mailFrom && mailFrom.args,
    rcptArgs: rcptTo.map(({ args }) => args),
  };
}

/** A real SMTP server on loopback, with our test certificate; STARTTLS is offered, no login is asked for unless told. */
export async function startSmtpServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { refuseLogin, refuseSender, refuseRecipient, refuseMail, ...rest } = options;
  const mails: ReceivedMail[] = [];
  const logins: string[] = [];
  const connections = { total: 0, most: 0, now: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    ...SERVER_CERTIFICATE,
    onConnect(_session, done) {
      connections.total += 1;
      connections.now += 1;
      connections.most = Math.max(connections.most, connections.now);
      done();
    },
    onClose: () => void (connections.now -= 1),
    onAuth({ method, username = '', password, accessToken }, _session, done) {
      const refusal = errorOf(refuseLogin?.(username, password ?? accessToken ?? ''));
      if (refusal) return done(refusal);
      logins.push(`${method} ${username} ${password ?? accessToken}`);
      done(null, { user: username });
    },
    onMailFrom: (address, _session, done) => done(errorOf(refuseSender?.(address.address))),
    onRcptTo: (address, _session, done) => done(errorOf(refuseRecipient?.(address.address))),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refusal = stream.sizeExceeded ? { code: 552, text: 'Too big' } : refuseMail?.();
        if (!refusal) mails.push(receivedMail(Buffer.concat(chunks), session));
        done(errorOf(refusal));
      });
    },
    ...rest,
  });
  // Clients that cut a connection off are part of the tests.
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    mails,
    connections,
    logins,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
