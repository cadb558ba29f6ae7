import type { RenderedMessage } from '../../src/message/message.js';
import type { Account } from '../../src/transport/http/provider.js';
import { HttpTransport } from '../../src/transport/http/http.transport.js';
import { PROVIDERS, type ProviderRow } from '../../src/transport/http/providers.js';
import { startHttpSink } from '../http-sink-process.js';
import { renderedMessage } from '../message.js';
import { inParallel } from '../parallel.js';
import type { Suite } from '../rounds.js';
import type { Prepare } from '../task.js';

const WIDTH = 10;

interface Server {
  readonly account: Account;
  close(): Promise<unknown>;
}

async function startServer(): Promise<Server> {
  const { endpoint, close } = await startHttpSink();
  return { account: { key: 'KEY', endpoint, domain: 'mg.example.test', sandbox: false }, close };
}

/** Providers accept no bounce address of a mail's own. */
async function message(): Promise<RenderedMessage> {
  const rendered = await renderedMessage();
  return { ...rendered, envelope: { ...rendered.envelope, from: rendered.from.address } };
}

const ours =
  (row: ProviderRow): Prepare =>
  async () => {
    const server = await startServer();
    const transport = new HttpTransport(row, server.account);
    await transport.load();
    const mail = await message();
    const { signal } = new AbortController();
    return {
      run: (count) => inParallel(count, WIDTH, () => transport.send(mail, { signal, isFirst: true })),
      async close() {
        await transport.close();
        await server.close();
      },
    };
  };

/** The same provider limited to one mail in a request. */
const withoutBatches = (row: ProviderRow): ProviderRow => ({
  ...row,
  async load() {
    const { batch: _batch, ...others } = await row.load();
    return others;
  },
});

const bareFetch =
  (row: ProviderRow): Prepare =>
  async () => {
    const server = await startServer();
    const { account } = server;
    const provider = await row.load();
    const [call] = await provider.calls(await message(), account);
    if (!call) throw new Error('no request');
    const { path, headers, body, method } = call.request;
    const all = { ...provider.headers(account), ...headers };
    const send = async (): Promise<void> => {
      const answer = await fetch(`${account.endpoint}${path}`, {
        method,
        headers: all,
        ...(body && { body }),
      });
      await answer.text();
    };
    return { run: (count) => inParallel(count, WIDTH, send), close: () => server.close() };
  };

const peerOf = ({ title }: ProviderRow): string => `bare fetch of the same body, ${title}`;
const singleOf = ({ name }: ProviderRow): string => `${name}, a request for each mail`;

/** Microsoft Graph needs an access token first, which the server here does not give. */
const measured = PROVIDERS.filter(({ name }) => name !== 'graph');

/** Providers that accept several mails in one request. */
const batching = PROVIDERS.filter(({ name }) => ['postmark', 'resend', 'mailjet'].includes(name));

export const http: Suite = {
  title: 'A rendered mail to accepted, over HTTP',
  candidates: new Map([
    ...measured.flatMap((row): [string, Prepare][] => [
      [row.name, ours(row)],
      [peerOf(row), bareFetch(row)],
    ]),
    ...batching.map((row): [string, Prepare] => [singleOf(row), ours(withoutBatches(row))]),
  ]),
  against: new Map([
    ...measured.map((row): [string, string[]] => [
      peerOf(row),
      batching.includes(row) ? [row.name, singleOf(row)] : [row.name],
    ]),
    ...batching.map((row): [string, string[]] => [singleOf(row), [row.name]]),
  ]),
  batch: () => 500,
};
