import { TestProviderServer, transportContract, type TransportUnderTest } from 'nest-mailroom/testing';
import type { Transport } from '../../../src/transport/transport.js';
import { BATCHING, COMPANION, inCompany } from '../../support/company.js';
import { labelIn, labelled, NAMES, transportOf } from '../../support/provider-transport.js';

async function harness(
  name: string,
  wrapped: (transport: Transport) => Transport = (transport) => transport,
): Promise<TransportUnderTest> {
  const server = await TestProviderServer.start(name);
  const transport = await transportOf(server.url);
  const taken = (): ReadonlyArray<readonly [id: string, recipients: readonly string[]]> => {
    expect(server.problems).toEqual([]);
    return server.mails
      .map(({ messageId, request, recipients }) => [messageId ?? labelIn(request.body), recipients] as const)
      .filter(([id]) => id !== COMPANION);
  };
  return {
    transport: wrapped(labelled(transport)),
    taken: () => Promise.resolve(taken().map(([id]) => id)),
    recipients: () => Promise.resolve(taken().map(([, recipients]) => recipients)),
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

describe.each(BATCHING)('%s, each mail in a request with another', (name) => {
  for (const { title, run } of transportContract(name, () => harness(name, inCompany))) test(title, run);
});
