import type { Server } from 'node:http';
import { join } from 'node:path';
import { ConsoleLogger } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { MailModule } from 'nest-mailroom';
import { MailInboxModule } from 'nest-mailroom/inbox';
import { afterCleanup, cleanup, folder } from '../../support/application.js';
import { SERVER_CERTIFICATE } from '../../support/certificates.js';

afterEach(cleanup);

class Said extends ConsoleLogger {
  readonly lines: string[] = [];
  override log(message: unknown): void {
    this.lines.push(String(message));
  }
  override warn(): void {}
}

interface Starting {
  readonly adapter: AbstractHttpAdapter;
  readonly tls?: boolean;
  readonly listen?: string;
}

/** The lines about the inbox, and the port it listens on. */
async function announced({ adapter, tls, listen }: Starting): Promise<{ said: string[]; port: unknown }> {
  const imports = [
    MailModule.forRoot({ from: 'app@example.test' }),
    MailInboxModule.forRoot({ path: 'dev/mail' }),
  ];
  const logger = new Said();
  const module = await Test.createTestingModule({ imports }).setLogger(logger).compile();
  const options = { logger, ...(tls && { httpsOptions: SERVER_CERTIFICATE }) };
  const app = module.createNestApplication(adapter, options);
  afterCleanup(() => app.close());
  app.setGlobalPrefix('/api/');
  await (listen === undefined ? app.listen(0, '127.0.0.1') : app.listen(listen));
  const server: Server = app.getHttpServer();
  const address = server.address();
  const said = logger.lines.filter((line) => line.startsWith('The inbox'));
  return { said, port: typeof address === 'object' ? address?.port : undefined };
}

test.each<[string, string, () => Starting]>([
  ['Express', 'http', () => ({ adapter: new ExpressAdapter() })],
  ['Fastify', 'http', () => ({ adapter: new FastifyAdapter() })],
  ['Express with TLS', 'https', () => ({ adapter: new ExpressAdapter(), tls: true })],
  ['Fastify with TLS', 'https', () => ({ adapter: new FastifyAdapter({ https: SERVER_CERTIFICATE }) })],
])('%s logs the address of the inbox, over %s', async (_platform, scheme, starting) => {
  const { said, port } = await announced(starting());
  expect(said).toEqual([`The inbox is at ${scheme}://localhost:${String(port)}/api/dev/mail`]);
});

test('logs no address for a socket file', async () => {
  const listen = join(await folder(), 'app.sock');
  expect(await announced({ adapter: new ExpressAdapter(), listen })).toEqual({ said: [], port: undefined });
});
