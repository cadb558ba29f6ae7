import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { MailMessage, Transport as NodemailerPlugin } from 'nodemailer';
import { FileTransport } from '../../src/transport/file/file.transport.js';
import { LogTransport } from '../../src/transport/log/log.transport.js';
import { MemoryTransport } from '../../src/transport/memory/memory.transport.js';
import { MailOutbox } from '../../src/transport/memory/outbox.js';
import { NodemailerPluginTransport } from '../../src/transport/plugin/plugin.transport.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { SILENCE, startScriptedServer } from '../support/scripted-server.js';
import { transportContract } from 'nest-mailroom/testing';
import type { TransportHarness, TransportUnderTest } from 'nest-mailroom/testing';

const done = (): Promise<void> => Promise.resolve();

const idOf = (bytes: Buffer | string): string => /^Message-ID: (\S+)/m.exec(bytes.toString())?.[1] ?? '';

async function smtp(): Promise<TransportUnderTest> {
  let stalled = false;
  const relay = await startScriptedServer((line) =>
    stalled && line.startsWith('MAIL') ? SILENCE : undefined,
  );
  return {
    transport: new SmtpTransport({ host: '127.0.0.1', port: relay.port }),
    taken: () => Promise.resolve(relay.bodies.map(idOf)),
    bytes: () => Promise.resolve(relay.bodies.map((body) => Buffer.from(body, 'latin1'))),
    stall() {
      stalled = true;
      return { reached: relay.saw('MAIL') };
    },
    close: () => relay.close(),
  };
}

function memory(): Promise<TransportUnderTest> {
  const outbox = new MailOutbox();
  const taken = () => Promise.resolve(outbox.messages.map(({ messageId }) => messageId));
  return Promise.resolve({ transport: new MemoryTransport(outbox), taken, close: done });
}

async function file(): Promise<TransportUnderTest> {
  const root = await mkdtemp(join(tmpdir(), 'mails-'));
  const dir = join(root, 'inner');
  let now = 0;
  const bytes = async () => {
    const names = await readdir(dir).catch(() => []);
    return Promise.all(
      names
        .filter((name) => name.endsWith('.eml'))
        .toSorted()
        .map((name) => readFile(join(dir, name))),
    );
  };
  return {
    transport: new FileTransport({ dir, clock: () => (now += 1) }),
    taken: async () => (await bytes()).map(idOf),
    bytes,
    close: () => rm(root, { recursive: true }),
  };
}

function log(): Promise<TransportUnderTest> {
  const lines: string[] = [];
  const transport = new LogTransport({ log: (line) => void lines.push(line), debug: () => {} });
  const taken = () => Promise.resolve(lines.map((line) => /<[^>]+>$/.exec(line)?.[0] ?? ''));
  return Promise.resolve({ transport, taken, close: done });
}

function plugin(): Promise<TransportUnderTest> {
  const bodies: Buffer[] = [];
  const events = new EventEmitter();
  let stalled = false;
  const take = async (message: MailMessage['message']) => {
    bodies.push(await buffer(message.createReadStream()));
    return { messageId: 'stub-1', envelope: message.getEnvelope() };
  };
  const stub: NodemailerPlugin = {
    name: 'stub',
    version: '1',
    send({ message }: MailMessage, answer) {
      if (stalled) events.emit('reached');
      else void take(message).then((info) => answer(null, info));
    },
  };
  return Promise.resolve({
    transport: new NodemailerPluginTransport(stub),
    taken: () => Promise.resolve(bodies.map(idOf)),
    bytes: () => Promise.resolve(bodies),
    stall() {
      stalled = true;
      return { reached: once(events, 'reached') };
    },
    close: done,
  });
}

const HARNESSES: Readonly<Record<string, TransportHarness>> = { smtp, memory, file, log, plugin };

afterEach(expectNoOpenSockets);

for (const [name, harness] of Object.entries(HARNESSES)) {
  describe(name, () => {
    for (const { title, run } of transportContract(name, harness)) test(title, run);
  });
}
