import { EventEmitter, once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';
import { SmtpConversation, type SmtpMail } from './smtp-conversation.js';
import { DROP, READY, RESET, type SmtpAnswer, type SmtpScript, usualAnswer } from './smtp-script.js';

export interface TestSmtpServerOptions {
  /** Answers that differ from those of a server that accepts everything. */
  readonly script?: SmtpScript | undefined;
  /** @default a free port */
  readonly port?: number | undefined;
  /** A certificate with its key: the server offers STARTTLS. @default none */
  readonly tls?: SecureContextOptions | undefined;
}

const TRICKLE_MS = 10;

/**
 * An SMTP server on loopback that follows a script: a real server for tests of what happens when a
 * mail server refuses, hangs, or breaks off in the middle.
 */
export class TestSmtpServer {
  /** Every line of every connection, without bodies; it grows. */
  readonly lines: readonly string[];
  /** The mails that arrived in full, in order; it grows. */
  readonly mails: readonly SmtpMail[];
  readonly #lines: string[] = [];
  readonly #mails: SmtpMail[] = [];
  readonly #script: SmtpScript;
  readonly #tls: SecureContextOptions | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #server: Server;
  #connections = 0;

  private constructor({ script = () => undefined, tls }: TestSmtpServerOptions) {
    this.lines = this.#lines;
    this.mails = this.#mails;
    this.#script = script;
    this.#tls = tls;
    this.#server = createServer((socket) => this.#welcome(socket));
  }

  /** Starts a server on 127.0.0.1. Close it when the test is over. */
  static async start(options: TestSmtpServerOptions = {}): Promise<TestSmtpServer> {
    const started = new TestSmtpServer(options);
    started.#server.listen(options.port ?? 0, '127.0.0.1');
    await once(started.#server, 'listening');
    return started;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** For `MAIL_URL` or `transport`. */
  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  /** Number of connections so far. */
  get connections(): number {
    return this.#connections;
  }

  /** Resolves when a line with this beginning has come, now or before: `saw('RCPT')`, `saw('END')`. */
  saw(start: string): Promise<void> {
    return this.#until(() => this.#lines.some((line) => line.startsWith(start)));
  }

  /** Cuts every connection, like a server that restarts. */
  dropAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves when no client is connected any more. */
  quiet(): Promise<void> {
    return this.#until(() => this.#sockets.size === 0);
  }

  /** Cuts every connection and stops listening. */
  async close(): Promise<void> {
    this.#server.close();
    this.dropAll();
    await once(this.#server, 'close');
  }

  async #until(holds: () => boolean): Promise<void> {
    while (!holds()) await once(this.#events, 'change');
  }

  #welcome(socket: Socket): void {
    this.#connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#events.emit('change');
    });
    this.#talk(socket, socket, this.#connections)('BANNER');
  }

  /** @param socket the plain socket below the stream, which may be TLS */
  #talk(stream: Socket, socket: Socket, connection: number): (line: string) => string | undefined {
    const answer = (line: string): string | undefined => {
      if (line !== 'BODY') this.#lines.push(line);
      this.#events.emit('change');
      const tls = stream === socket ? this.#tls : undefined;
      const told = this.#script(line, connection) ?? usualAnswer(line, tls !== undefined);
      tell(told, stream, socket);
      if (tls && line === 'STARTTLS' && told === READY) this.#talk(secured(socket, tls), socket, connection);
      return typeof told === 'string' ? told : undefined;
    };
    const conversation = { answer, received: (mail: SmtpMail) => void this.#mails.push(mail) };
    void new SmtpConversation(stream, conversation);
    return answer;
  }
}

function tell(told: SmtpAnswer, stream: Socket, socket: Socket): void {
  if (told === DROP) socket.destroy();
  else if (told === RESET) socket.resetAndDestroy();
  else if (Buffer.isBuffer(told)) stream.write(Buffer.concat([told, Buffer.from('\r\n')]));
  else if (typeof told === 'string') stream.write(`${told}\r\n`);
  else if (typeof told === 'object' && 'last' in told) {
    stream.write(`${told.last}\r\n`, () => socket.resetAndDestroy());
  } else if (typeof told === 'object') {
    const trickling = setInterval(() => stream.write(`${told.trickle}\r\n`), TRICKLE_MS);
    socket.on('close', () => clearInterval(trickling));
  }
}

/** A client that refuses the certificate cuts the connection. */
function secured(socket: Socket, tls: SecureContextOptions): TLSSocket {
  socket.removeAllListeners('data');
  const stream = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) });
  return stream.on('error', () => {});
}
