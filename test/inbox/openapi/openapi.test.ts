import { INBOX_CONTROLLERS, controllerPath, routesOf } from '../../../src/inbox/routing/inbox-controller.js';
import { joinPaths } from '../../../src/inbox/routing/paths.js';
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
      // Names with slashes have one route per depth; the first is described.
      const path = joinPaths(controllerPath(controller), first).replaceAll(/:(\w+)/g, '{$1}');
      return `${method} ${path}`;
    })
    .filter((route) => route.includes(' /api'))
    .map((route) => route.replace(' /api', ' '));
}

test('the description covers all routes of the API and no others', async () => {
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

// `ask` makes this check in every test of the inbox.
test('an answer that differs from its description is detected', async () => {
  const { described, read } = await startInbox();
  const rules = await read<object>('api/chaos');
  const check = (path: string, answer: Response) => described.check('GET', path, answer);
  await check('/chaos', Response.json(rules));
  for (const [said, path, answer] of [
    ['must NOT have additional properties', '/chaos', Response.json({ ...rules, more: 1 })],
    ["must have required property 'rules'", '/chaos', Response.json({})],
    ['rules must be array', '/chaos', Response.json({ rules: 'none' })],
    ['that status is not described', '/chaos', Response.json(rules, { status: 404 })],
    [
      'expected application/json',
      '/chaos',
      new Response('none', { headers: { 'content-type': 'text/plain' } }),
    ],
    ['such a route is not described', '/disorder', Response.json(rules)],
  ] as const) {
    await expect(check(path, answer)).rejects.toThrow(said);
  }
});

test('every controller of the inbox has the guard', async () => {
  const controllers = controllersOf(await startInbox());
  expect(controllers.length).toBeGreaterThan(4);
  for (const controller of controllers) {
    expect([controller.constructor.name, Reflect.getMetadata('__guards__', controller.constructor)]).toEqual([
      controller.constructor.name,
      [InboxGuard],
    ]);
  }
});
