import type { INestApplication, ModuleMetadata } from '@nestjs/common';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { MailModule, type MailModuleOptions, MailService } from 'nest-mailroom';
import { MailInboxModule, type MailInboxOptions } from 'nest-mailroom/inbox';
import { OpenApiController } from '../../../src/inbox/openapi/openapi.controller.js';
import { afterCleanup } from '../../support/application.js';
import { type ApiDescription, DescribedApi } from './described-api.js';

/** Both platforms of Nest. */
export const PLATFORMS: ReadonlyArray<readonly [string, () => AbstractHttpAdapter]> = [
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
];

export interface InboxSettings {
  readonly adapter?: AbstractHttpAdapter;
  readonly inbox?: MailInboxOptions;
  readonly mail?: MailModuleOptions;
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly providers?: NonNullable<ModuleMetadata['providers']>;
  readonly customize?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  readonly configure?: (app: INestApplication) => void;
}

export interface InboxApplication {
  readonly app: INestApplication;
  readonly mail: MailService;
  /** `http://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly described: DescribedApi;
  /** Requests a path of the inbox. Throws if an answer of the API differs from its description. */
  ask(path: string, init?: RequestInit): Promise<Response>;
  /** Like `ask`, with the header that writes require. */
  write(method: string, path: string, body?: unknown): Promise<Response>;
  /** The JSON of a `GET`. */
  read<T>(path: string): Promise<T>;
}

/** Starts an application with an inbox on a free port, until `cleanup`. */
export async function startInbox(settings: InboxSettings = {}): Promise<InboxApplication> {
  const { customize = (builder) => builder } = settings;
  const builder = Test.createTestingModule({
    imports: [
      MailModule.forRoot({ from: 'app@example.test', ...settings.mail }),
      MailInboxModule.forRoot(settings.inbox),
      ...(settings.imports ?? []),
    ],
    providers: settings.providers ?? [],
  });
  const module = await customize(builder).compile();
  const app = module.createNestApplication(settings.adapter ?? new ExpressAdapter(), { logger: false });
  settings.configure?.(app);
  afterCleanup(() => app.close());
  await app.listen(0, '127.0.0.1');
  const origin = (await app.getUrl()).replace('[::1]', '127.0.0.1');
  const described = new DescribedApi(descriptionOf(app));
  const ask = async (path: string, init?: RequestInit): Promise<Response> => {
    const response = await fetch(`${origin}/mail/${path}`, init);
    const { method = 'GET' } = init ?? {};
    if (path.startsWith('api/')) await described.check(method, path.replace('api', ''), response);
    return response;
  };
  return {
    app,
    mail: app.get(MailService),
    origin,
    described,
    ask,
    write: (method, path, body) =>
      ask(path, {
        method,
        headers: { 'x-mail-inbox': '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    read: async <T>(path: string) => (await (await ask(path)).json()) as T,
  };
}

/** Calls the controller directly: guards of the application may refuse HTTP requests. */
function descriptionOf(app: INestApplication): ApiDescription {
  const request = {
    method: 'GET',
    originalUrl: '/mail/api/openapi.json',
    headers: {},
    params: {},
    query: {},
  };
  return JSON.parse(JSON.stringify(app.get(OpenApiController).describe(request))) as ApiDescription;
}
