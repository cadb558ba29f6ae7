import { TestProviderServer, transportContract, type TransportUnderTest } from 'nest-mailroom/testing';
import type { Transport } from '../../../src/transport/transport.js';
import { NAMES, transportOf } from '../../support/provider-transport.js';

/** Says a mail's Message-ID in a header of its own, where the provider makes another. */
function labelled(transport: Transport): Transport {
  return {
    name: transport.name,
    check: (message) => transport.check?.(message),
    send: (message, options) =>
      transport.send({ ...message, headers: { ...message.headers, 'X-Label': message.messageId } }, options),
    verify: (options) => transport.verify(options),
    close: () => transport.close(),
  };
}

function labelIn(body: unknown): string {
  return /"X-Label":"(<[^"]*>)"/.exec(JSON.stringify(body))?.[1] ?? '';
}

async function harness(name: string): Promise<TransportUnderTest> {
  const server = await TestProviderServer.start(name);
  const transport = await transportOf(server.url);
  return {
    transport: labelled(transport),
    taken: () => {
      expect(server.problems).toEqual([]);
      return Promise.resolve(
        server.mails.map(({ messageId, request }) => messageId ?? labelIn(request.body)),
      );
    },
    recipients: () => Promise.resolve(server.mails.map(({ recipients }) => recipients)),
    stall() {
      server.always('silence');
      return { reached: server.reached() };
    },
    close: () => server.close(),
  };
}

describe.each(NAMES)('%s', (name) => {
  for (const { title, run } of transportContract(name, () => harness(name))) test(title, run);
});
