import { createServer, type Socket } from 'node:net';

const END = Buffer.from('\r\n.\r\n');
const EHLO = '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 50000000\r\n';

let mails = 0;
let cpu = process.cpuUsage();

/** An SMTP server that keeps nothing but the number of mails. */
class Session {
  readonly #socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #inData = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  take(chunk: Buffer): void {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    let replies = '';
    for (let reply = this.#next(); reply !== undefined; reply = this.#next()) replies += reply;
    if (replies !== '') this.#socket.write(replies);
  }

  #next(): string | undefined {
    return this.#inData ? this.#endOfData() : this.#command();
  }

  #endOfData(): string | undefined {
    const end = this.#pending.indexOf(END);
    if (end < 0) return undefined;
    this.#inData = false;
    mails++;
    this.#pending = this.#pending.subarray(end + END.length);
    return '250 2.0.0 queued\r\n';
  }

  #command(): string | undefined {
    const end = this.#pending.indexOf('\r\n');
    if (end < 0) return undefined;
    const verb = this.#pending.toString('latin1', 0, Math.min(end, 4)).toUpperCase();
    this.#pending = this.#pending.subarray(end + 2);
    if (verb === 'EHLO') return EHLO;
    if (verb === 'DATA') this.#inData = true;
    return verb === 'DATA' ? '354 go on\r\n' : '250 2.0.0 fine\r\n';
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const session = new Session(socket);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => session.take(chunk));
  socket.write('220 sink ESMTP\r\n');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
process.on('message', () => {
  const { user, system } = process.cpuUsage(cpu);
  process.send?.({ mails, cpuMs: (user + system) / 1000 });
  mails = 0;
  cpu = process.cpuUsage();
});
process.on('disconnect', () => process.exit(0));
