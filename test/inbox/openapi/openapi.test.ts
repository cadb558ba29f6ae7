import { controllerPath } from '../../../src/inbox/routing/inbox-controller.js';
import { INBOX_CONTROLLERS } from '../../../src/inbox/routing/inbox-routes.js';
import { joined } from '../../../src/inbox/routing/mount.js';
import { routesOf } from '../../../src/inbox/routing/route.js';
import { InboxGuard } from '../../../src/inbox/safety/inbox-guard.js';
import { cleanup } from '../../support/application.js';
import { type InboxApplication, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

interface OpenApi {
  readonly servers: ReadonlyArray<{ readonly url: string }>;
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: object };
}

function controllersOf({ app }: InboxApplication): readonly object[] {
  return app.get<readonly object[]>(INBOX_CONTROLLERS);
}

/** `get /messages/{id}` of every handler below `api`. */
function describedRoutes(controller: object): string[] {
  return routesOf(controller)
    .map(({ method, paths: [first = ''] }) => {
      // Where names have slashes there is a route a depth, and the first is described.
      const path = joined(controllerPath(controller), first).replaceAll(/:(\w+)/g, '{$1}');
      return `${method} ${path}`;
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
  expect(described.toSorted()).toEqual(controllersOf(inbox).flatMap(describedRoutes).toSorted());
  const references = [...JSON.stringify(paths).matchAll(/#\/components\/schemas\/(\w+)/g)];
  for (const [, name = ''] of references) expect(components.schemas).toHaveProperty(name);
});

test('every controller of the inbox stands behind its guards', async () => {
  const controllers = controllersOf(await startInbox());
  expect(controllers.length).toBeGreaterThan(4);
  for (const controller of controllers) {
    expect([controller.constructor.name, Reflect.getMetadata('__guards__', controller.constructor)]).toEqual([
      controller.constructor.name,
      [InboxGuard],
    ]);
  }
});
