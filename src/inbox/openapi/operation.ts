/** One way to call the API, said as briefly as it can be. */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Below `<path>/api`, as OpenAPI writes it: `/messages/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** Query parameters, each with its meaning. */
  readonly query?: Readonly<Record<string, string>>;
  /** Schema of the JSON body. */
  readonly body?: Schema;
  /** Answers beside 403: by status, a schema, or a media type, or nothing. */
  readonly answers: Readonly<Record<number, Schema | string | undefined>>;
  /** Needs the header though it is a `get`. */
  readonly needsHeader?: boolean;
}

/** A JSON schema, as far as it is used here. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
}

export const text: Schema = { type: 'string' };
export const whole: Schema = { type: 'integer' };
export const yesNo: Schema = { type: 'boolean' };
export const listOf = (items: Schema): Schema => ({ type: 'array', items });
export const named = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Properties whose name ends in `?` may be absent. */
export function record(properties: Readonly<Record<string, Schema>>): Schema {
  const entries = Object.entries(properties);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, schema]) => [name.replace('?', ''), schema])),
    required: entries.map(([name]) => name).filter((name) => !name.endsWith('?')),
  };
}

/** The endpoint as an OpenAPI operation. */
export function operationOf(endpoint: Endpoint): object {
  const { summary, body, answers } = endpoint;
  const all: Endpoint['answers'] = { ...answers, 403: named('Error') };
  const responses = Object.entries(all).map(([status, answer]): readonly [string, object] => [
    status,
    responseOf(Number(status), answer),
  ]);
  return {
    summary,
    parameters: parametersOf(endpoint),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body } } } }),
    responses: Object.fromEntries(responses),
  };
}

function parametersOf({
  method,
  path,
  query = {},
  needsHeader = method !== 'get',
}: Endpoint): readonly object[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: text,
  }));
  const header = {
    name: 'x-mail-inbox',
    in: 'header',
    required: true,
    schema: { type: 'string', enum: ['1'] },
  };
  return [...inPath, ...inQuery, ...(needsHeader ? [header] : [])];
}

function responseOf(status: number, answer: Schema | string | undefined): object {
  const description = MEANINGS[status] ?? 'See the summary';
  if (answer === undefined) return { description };
  if (typeof answer === 'string') return { description, content: { [answer]: {} } };
  return { description, content: { 'application/json': { schema: answer } } };
}

const MEANINGS: Readonly<Record<number, string>> = {
  200: 'Done',
  201: 'Made',
  204: 'Done; nothing to say',
  400: 'A parameter or the body makes no sense',
  403: 'Host, Origin, header or guard do not let the request in',
  404: 'There is none, or none any more',
  408: 'None came in time',
  502: 'The mail server did not take it',
};
