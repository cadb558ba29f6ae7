import { components, integer, type JsonSchema, named, oneOf, record, string } from '../api/schema.js';
import { controllerPath, type Route, routesOf } from '../routing/inbox-controller.js';
import { joinPaths } from '../routing/paths.js';
import { OWN_HEADER } from '../safety/cross-site-protection.js';

const DESCRIPTION =
  'The mails that an application sent, for its tests in any language. To separate parallel tests, set the header X-Test-Run on the mails of each test and select them with ?run=. Requests that change something must have the header x-mail-inbox: 1.';
const API = '/api';
const error = named(
  'Error',
  record({
    statusCode: integer(),
    message: string(),
    'error?': string('Name of the status, if a guard of the application refused the request'),
  }),
);
/** Statuses that every route may answer. */
const COMMON_REFUSALS = [401, 403, 500];

/**
 * Describes the API of these controllers in OpenAPI 3.1.
 * @param url base URL of the API
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

/** Path in OpenAPI syntax: `/messages/{id}`. Names with slashes have one route per depth; the first represents all. */
function pathOf(controller: object, { paths: [first = ''] }: Route): string {
  return joinPaths(controllerPath(controller), first)
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
        [...refusals, ...COMMON_REFUSALS].map((refusal) => [refusal, responseOf(refusal, error)]),
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
  const description = STATUS_DESCRIPTIONS[status] ?? 'See the summary';
  if (answer === undefined) return { description };
  if (typeof answer === 'string') {
    const types = answer.split(', ').map((type): readonly [string, object] => [type, {}]);
    return { description, content: Object.fromEntries(types) };
  }
  return { description, content: { 'application/json': { schema: answer } } };
}

const STATUS_DESCRIPTIONS: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Created',
  204: 'Done; no content',
  400: 'A parameter or the body is invalid',
  401: 'A guard of the application refused the request',
  403: 'Refused because of Host, Origin, a missing header, or by a guard',
  404: 'Not found, or already removed',
  408: 'None arrived in time',
  500: 'The inbox failed; the log of the application says why',
  502: 'The mail server did not accept the mail',
};
