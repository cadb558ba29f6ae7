import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:net';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions, TLSSocket } from 'node:tls';

/** Says nothing. */
export const SILENCE = Symbol('silence');
/** Closes the connection instead of answering. */
export const DROP = Symbol('drop');
/** Resets it. */
export const RESET = Symbol('reset');

/** Answers and resets the connection in the same breath. */
interface LastWords {
  readonly last: string;
}

/** Says this again and again, and nothing else. */
interface Trickle {
  readonly trickle: string;
}

type Answer = string | LastWords | Trickle | typeof SILENCE | typeof DROP | typeof RESET;

/** `line` is a command, `BANNER` right after connecting, `BODY` when the first bytes of one came, `END` after its final dot. */
export type Script = (line: string, connection: number) => Answer | undefined;

export interface ScriptedServer {
  readonly port: number;
  /** Every line of every connection, bodies left out. */
  readonly lines: readonly string[];
  /** Bodies that came whole. */
  readonly bodies: readonly string[];
  readonly connections: number;
  /** Resolves when a line that begins so has come, now or before. */
  saw(start: string): Promise<void>;
  /** Cuts every connection off, as a server that restarts. */
  dropAll(): void;
  /** Resolves when no client is connected any more. */
  quiet(): Promise<void>;
  readonly close: () => Promise<void>;
}

const USUAL: ReadonlyArray<readonly [RegExp, string]> = [
  [/^BANNER/, '220 test ESMTP'],
  [/^EHLO/, '250 test'],
  [/^DATA/, '354 go on'],
  [/^STARTTLS/, '502 5.5.1 not known here'],
  [/^QUIT/, '221 bye'],
  [/./, '250 2.0.0 fine'],
];

const READY = '220 go ahead';
const TRICKLE_MS = 10;

/**
 * An SMTP server that does as it is told, for what a sound one never does.
 * @param tls with which STARTTLS is offered
 */
export async function startScriptedServer(
  script: Script = () => undefined,
  port = 0,
  tls?: SecureContextOptions,
): Promise<ScriptedServer> {
  const log = { lines: [] as string[], bodies: [] as string[], connections: 0 };
  const sockets = new Set<Socket>();
  const events = new EventEmitter().setMaxListeners(0);
  const server = createServer((socket) => {
    const connection = (log.connections += 1);
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      events.emit('change');
    });
    const talk = (stream: Socket): ((line: string) => boolean) => {
      const answer = (line: string): boolean => {
        if (line !== 'BODY') log.lines.push(line);
        events.emit('change');
        const offersTls = tls !== undefined && stream === socket;
        const told = script(line, connection) ?? usualAnswer(line, offersTls);
        tell(told, stream, socket);
        if (offersTls && line === 'STARTTLS' && told === READY) talk(secured(socket, tls));
        return typeof told === 'string' && told.startsWith('354');
      };
      converse(stream, answer, (body) => void log.bodies.push(body));
      return answer;
    };
    talk(socket)('BANNER');
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await once(events, 'change');
  };
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    lines: log.lines,
    bodies: log.bodies,
    get connections() {
      return log.connections;
    },
    saw: (start) => until(() => log.lines.some((line) => line.startsWith(start))),
    dropAll,
    quiet: () => until(() => sockets.size === 0),
    async close() {
      server.close();
      dropAll();
      await once(server, 'close');
    },
  };
}

function usualAnswer(line: string, offersTls: boolean): Answer | undefined {
  if (line === 'BODY') return SILENCE;
  if (offersTls && line.startsWith('EHLO')) return '250-test\r\n250 STARTTLS';
  if (offersTls && line === 'STARTTLS') return READY;
  return USUAL.find(([pattern]) => pattern.test(line))?.[1];
}

/** @param socket below the stream, which may be secured */
function tell(told: Answer | undefined, stream: Socket, socket: Socket): void {
  if (told === DROP) socket.destroy();
  else if (told === RESET) socket.resetAndDestroy();
  else if (typeof told === 'string') stream.write(`${told}\r\n`);
  else if (typeof told === 'object' && 'last' in told) {
    stream.write(`${told.last}\r\n`, () => socket.resetAndDestroy());
  } else if (typeof told === 'object') {
    const trickling = setInterval(() => stream.write(`${told.trickle}\r\n`), TRICKLE_MS);
    socket.on('close', () => clearInterval(trickling));
  }
}

/** Whoever does not like the certificate cuts the connection off. */
function secured(socket: Socket, tls: SecureContextOptions): TLSSocket {
  socket.removeAllListeners('data');
  const stream = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) });
  return stream.on('error', () => {});
}

/** Cuts what comes into commands and bodies. */
function converse(socket: Socket, answer: (line: string) => boolean, whole: (body: string) => void): void {
  let pending = '';
  let inBody = false;
  let announced = false;
  socket.on('data', (chunk) => {
    pending += chunk.toString('latin1');
    for (;;) {
      if (inBody) {
        if (!announced) answer('BODY');
        announced = true;
        const end = `\r\n${pending}`.indexOf('\r\n.\r\n');
        if (end < 0 || socket.destroyed) return;
        whole(pending.slice(0, end));
        pending = pending.slice(end + 3);
        inBody = false;
        answer('END');
      } else {
        const end = pending.indexOf('\r\n');
        if (end < 0) return;
        const line = pending.slice(0, end);
        pending = pending.slice(end + 2);
        inBody = answer(line);
        announced = false;
      }
      if (inBody && pending === '') return;
    }
  });
}
