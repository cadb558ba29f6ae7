import { components, integer, type JsonSchema, named, oneOf, record, string } from '../api/schema.js';
import { controllerPath } from '../routing/inbox-controller.js';
import { joined } from '../routing/mount.js';
import { type Route, routesOf } from '../routing/route.js';
import { OWN_HEADER } from '../safety/inbox-door.js';

const DESCRIPTION =
  'Mails an application sent, for its tests in any language. Send tests of their own with the header X-Test-Run on each mail, and ask with ?run= for those alone. Whatever changes something needs the header x-mail-inbox: 1.';
const API = '/api';
const error = named(
  'Error',
  record({
    statusCode: integer(),
    message: string(),
    'error?': string('Name of the status, where a guard of the application said no'),
  }),
);
/** Of every route. */
const REFUSALS = [401, 403, 500];

/**
 * The API of these controllers as OpenAPI 3.1.
 * @param url of the API
 */
export function describeApi(controllers: readonly object[], url: string): object {
  const paths = new Map<string, object>();
  for (const controller of controllers) {
    for (const route of routesOf(controller).filter(({ summary }) => summary !== undefined)) {
      const path = pathOf(controller, route);
      paths.set(path, { ...paths.get(path), [route.method]: operationOf(path, route) });
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Mail inbox', version: '1', description: DESCRIPTION },
    servers: [{ url }],
    paths: Object.fromEntries(paths),
    components: { schemas: components() },
  };
}

/** As OpenAPI writes it, `/messages/{id}`. Where names hold slashes there is a route a depth: the first stands for all. */
function pathOf(controller: object, { paths: [first = ''] }: Route): string {
  return joined(controllerPath(controller), first)
    .slice(API.length)
    .replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(path: string, route: Route): object {
  const { summary, body, answer, status = answer === undefined ? 204 : 200, refusals = [] } = route;
  return {
    summary,
    parameters: parametersOf(path, route),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: {
      [status]: responseOf(status, answer),
      ...Object.fromEntries(
        [...refusals, ...REFUSALS].map((refusal) => [refusal, responseOf(refusal, error)]),
      ),
    },
  };
}

function parametersOf(path: string, { method, query = {}, needsHeader }: Route): readonly object[] {
  const schema = string();
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema,
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema,
  }));
  const header = { name: OWN_HEADER, in: 'header', required: true, schema: oneOf(['1']) };
  return [...inPath, ...inQuery, ...(needsHeader || method !== 'get' ? [header] : [])];
}

function responseOf(status: number, answer: JsonSchema | string | undefined): object {
  const description = MEANINGS[status] ?? 'See the summary';
  if (answer === undefined) return { description };
  if (typeof answer === 'string') {
    const types = answer.split(', ').map((type): readonly [string, object] => [type, {}]);
    return { description, content: Object.fromEntries(types) };
  }
  return { description, content: { 'application/json': { schema: answer } } };
}

const MEANINGS: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Made',
  204: 'Done; nothing to say',
  400: 'A parameter or the body makes no sense',
  401: 'A guard of the application does not let the request in',
  403: 'Host, Origin, header or guard do not let the request in',
  404: 'There is none, or none any more',
  408: 'None came in time',
  500: 'The inbox failed; the log of the application says why',
  502: 'The mail server did not take it',
};
