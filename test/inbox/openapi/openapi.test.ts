import { RequestMethod, type Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MailInboxModule } from 'nest-mailroom/inbox';
import { InboxDoor } from '../../../src/inbox/safety/inbox-door.js';
import { cleanup } from '../../support/application.js';
import { type InboxApplication, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

interface OpenApi {
  readonly servers: ReadonlyArray<{ readonly url: string }>;
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: object };
}

function controllersOf({ app }: InboxApplication): readonly Type[] {
  const module = [...app.get(ModulesContainer).values()].find(({ metatype }) => metatype === MailInboxModule);
  return [...(module?.controllers.values() ?? [])].map(({ metatype }) => metatype as Type);
}

/** `get /messages/{id}` of every handler below `api`, by Nest's own metadata. */
function routesOf(controller: Type): string[] {
  const base = String(Reflect.getMetadata('path', controller));
  return Object.values(Object.getOwnPropertyDescriptors(controller.prototype as object))
    .filter(({ value }) => typeof value === 'function' && Reflect.hasMetadata('method', value as object))
    .map(({ value }) => {
      const method = RequestMethod[Reflect.getMetadata('method', value as object) as RequestMethod];
      // Where names have slashes there is a route a depth, and the first is described.
      const [first = ''] = [Reflect.getMetadata('path', value as object) as string | string[]].flat();
      const path = `/${base}/${first}`;
      const written = path
        .replace(/\/+/g, '/')
        .replace(/\/$/, '')
        .replaceAll(/:(\w+)/g, '{$1}');
      return `${method.toLowerCase()} ${written}`;
    })
    .filter((route) => route.includes(' /api'))
    .map((route) => route.replace(' /api', ' '));
}

test('the API is described whole, and nothing but the API', async () => {
  const inbox = await startInbox();
  const { servers, paths, components } = await inbox.read<OpenApi>('api/openapi.json');
  expect(servers).toEqual([{ url: '/mail/api' }]);
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(described.toSorted()).toEqual(controllersOf(inbox).flatMap(routesOf).toSorted());
  const references = [...JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g)];
  for (const [, name = ''] of references) expect(components.schemas).toHaveProperty(name);
});

test('every controller of the inbox stands behind its door', async () => {
  const controllers = controllersOf(await startInbox());
  expect(controllers.length).toBeGreaterThan(4);
  for (const controller of controllers) {
    expect([controller.name, Reflect.getMetadata('__guards__', controller)]).toEqual([
      controller.name,
      [InboxDoor],
    ]);
  }
});
