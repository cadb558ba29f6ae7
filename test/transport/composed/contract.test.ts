import {
  failover,
  MailOutbox,
  MemoryTransport,
  retry,
  roundRobin,
  route,
  SmtpTransport,
} from 'nest-mailroom';
import { TestProviderServer, transportContract, type TransportUnderTest } from 'nest-mailroom/testing';
import type { RenderedMessage } from '../../../src/message/message.js';
import type { Transport } from '../../../src/transport/transport.js';
import { down, MemberTransport } from '../../support/member-transport.js';
import { labelIn, labelled, transportOf } from '../../support/provider-transport.js';
import { renderedMessage } from '../../support/rendered-message.js';
import { SILENCE, startScriptedServer } from '../../support/scripted-server.js';

type Wrap = (transport: Transport) => Transport;

/** A member that is down, and could carry the same mails. */
const dead = (like: Transport, name = 'dead'): Transport =>
  Object.assign(new MemberTransport(name), {
    standing: down(),
    check: (message: RenderedMessage) => like.check?.(message),
  });

const WRAPPERS: Readonly<Record<string, Wrap>> = {
  failover: (transport) => failover([transport, dead(transport)]),
  'failover after a dead member': (transport) => failover([dead(transport), transport]),
  roundRobin: (transport) => roundRobin([transport, dead(transport)], { weights: [3, 1] }),
  route: (transport) => route(() => 'main', { main: transport, other: dead(transport) }),
  retry: (transport) => retry(transport),
  'one inside another': (transport) =>
    failover([roundRobin([dead(transport), retry(transport)]), dead(transport, 'gone')]),
};

async function smtp(wrap: Wrap): Promise<TransportUnderTest> {
  let stalled = false;
  const server = await startScriptedServer((line) =>
    stalled && line.startsWith('MAIL') ? SILENCE : undefined,
  );
  return {
    transport: wrap(new SmtpTransport({ host: '127.0.0.1', port: server.port })),
    taken: async () => server.bodies.map((body) => /^Message-ID: (\S+)/m.exec(body)?.[1] ?? ''),
    bytes: async () => server.bodies.map((body) => Buffer.from(body, 'latin1')),
    stall() {
      stalled = true;
      return { reached: server.saw('MAIL') };
    },
    close: () => server.close(),
  };
}

/** It refuses fields, and merges requests. */
async function provider(wrap: Wrap): Promise<TransportUnderTest> {
  const server = await TestProviderServer.start('resend');
  return {
    transport: wrap(labelled(await transportOf(server.url))),
    taken: async () => server.mails.map(({ request }) => labelIn(request.body)),
    recipients: async () => server.mails.map(({ recipients }) => recipients),
    close: () => server.close(),
  };
}

async function memory(wrap: Wrap): Promise<TransportUnderTest> {
  const outbox = new MailOutbox();
  const taken = async () => outbox.messages.map(({ messageId }) => messageId);
  return { transport: wrap(new MemoryTransport(outbox)), taken, close: async () => undefined };
}

describe.each(Object.entries(WRAPPERS))('%s', (name, wrap) => {
  for (const harness of [smtp, provider, memory]) {
    for (const { title, run } of transportContract(`${name} of ${harness.name}`, () => harness(wrap)))
      test(title, run);
  }
});

test('mails of one turn still share a request', async () => {
  const server = await TestProviderServer.start('postmark');
  const whole = failover([retry(await transportOf(server.url)), new MemberTransport('spare')]);
  const signal = new AbortController().signal;
  const mails = Array.from({ length: 10 }, (_, index) => `<${index}@from.test>`);
  const envelope = { from: 'hello@from.test', to: ['ada@to.test'] };
  await Promise.all(
    mails.map((messageId) => whole.send(renderedMessage({ messageId, envelope }), { signal, isFirst: true })),
  );
  expect(server.mails).toHaveLength(10);
  expect(server.requests).toHaveLength(1);
  await whole.close();
  await server.close();
});
