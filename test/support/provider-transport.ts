import { TestProviderServer, type ProviderAnswer } from 'nest-mailroom/testing';
import { ConfigReport } from '../../src/errors/config-report.js';
import type { RenderedMessage } from '../../src/message/message.js';
import { renderedMessage } from '../../src/testing/rendered-message.js';
import { ses } from '../../src/ses/index.js';
import { PROVIDERS } from '../../src/transport/http/providers.js';
import { HttpTransport } from '../../src/transport/http/http.transport.js';
import { MailOutbox } from '../../src/transport/memory/outbox.js';
import type { TransportResources } from '../../src/transport/resources.js';
import type { Transport } from '../../src/transport/transport.js';
import { createTransport } from '../../src/transport/transport-url.js';
import { recogniseNativeErrors } from './native-errors.js';

recogniseNativeErrors();

/** Name → title, of each provider there is. */
export const TITLES: ReadonlyMap<string, string> = new Map([
  ...PROVIDERS.map(({ name, title }) => [name, title] as const),
  ['ses', 'Amazon SES'],
]);

export const NAMES = [...TITLES.keys()];

/** A transport as a URL makes it, its code loaded. */
export async function transportOf(
  url: string,
  resources: Partial<TransportResources> = {},
): Promise<Transport> {
  const report = new ConfigReport();
  const logger = { log() {}, debug() {} };
  const made = createTransport(
    url,
    { outbox: new MailOutbox(), logger, extensions: [ses()], ...resources },
    report,
    'transport',
  );
  report.throwIfAny('The transport is not usable:');
  if (!made || typeof made === 'function') throw new Error('expected a transport');
  if (made instanceof HttpTransport) await made.load();
  return made;
}

/** A mail that every provider can say. */
export function plainMessage(parts: Partial<RenderedMessage> = {}): RenderedMessage {
  return renderedMessage({ envelope: { from: 'hello@from.test', to: ['ada@to.test'] }, ...parts });
}

export interface Provided {
  readonly server: TestProviderServer;
  readonly transport: Transport;
}

/** Runs `body` with a transport and its provider's server, which answers by the script. */
export async function withProvider<T>(
  name: string,
  script: readonly ProviderAnswer[],
  body: (provided: Provided) => Promise<T>,
  resources?: Partial<TransportResources>,
): Promise<T> {
  const server = await TestProviderServer.start(name, { script });
  const transport = await transportOf(server.url, resources);
  try {
    return await body({ server, transport });
  } finally {
    await transport.close();
    await server.close();
  }
}

/** Says a mail's Message-ID in a header of its own, where the provider makes another. */
export function labelled(transport: Transport): Transport {
  return {
    name: transport.name,
    target: transport.target,
    check: (message) => transport.check?.(message),
    send: (message, options) =>
      transport.send({ ...message, headers: { ...message.headers, 'X-Label': message.messageId } }, options),
    verify: (options) => transport.verify(options),
    close: () => transport.close(),
  };
}

/** The Message-ID in the body of such a mail. */
export function labelIn(body: unknown): string {
  return /"X-Label"(?::|,"value":)"(<[^"]*>)"/.exec(JSON.stringify(body))?.[1] ?? '';
}
