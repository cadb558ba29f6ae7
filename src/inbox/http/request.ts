import { isObject } from '../../message/values/fields.js';
import { refusal } from './reply.js';

/** Query parameters as parsed by the platform. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** The used part of a request, the same for Express and Fastify. */
export interface InboxRequest {
  readonly method: string;
  /** Path with the global prefix and the query. */
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Decoded path parameters. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: QueryParameters;
  /** As parsed by the application's body parsers; undefined without a body. */
  readonly body?: unknown;
}

/** Reads a header; undefined if it is absent or repeated. */
export function headerOf({ headers }: InboxRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Host of the request with its port, in lower case; undefined without a Host header. */
export function hostOf(request: InboxRequest): string | undefined {
  return (headerOf(request, ':authority') ?? headerOf(request, 'host'))?.toLowerCase();
}

/** Path of the request, without its query. */
export function pathOf({ originalUrl }: InboxRequest): string {
  return originalUrl.replace(/\?.*$/, '');
}

/** Reads a parameter of a route's path. It is always present: otherwise the route would not match. */
export function parameterOf({ params }: InboxRequest, name: string): string {
  return params[name] ?? '';
}

/**
 * Reads the fields of a request's JSON body; no body counts as an empty object.
 * @throws {HttpException} 400 if the body is not an object
 */
export function fieldsOf({ body }: InboxRequest): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {};
  if (isObject(body)) return { ...body };
  throw refusal(400, 'The body is expected to be a JSON object.');
}

/**
 * Refuses unknown parameters: ignoring a misspelt filter would select more mails than intended.
 * @throws {HttpException} 400
 */
export function checkParameters(parameters: QueryParameters, known: readonly string[]): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw refusal(400, `There is no parameter ${JSON.stringify(unknown)}. Known: ${known.join(', ')}.`);
}

/** Characters of a parameter. */
const MAX_TEXT = 1_000;

/** Reads a parameter as text; an empty text counts as absent. */
export function textOf(parameters: QueryParameters, name: string): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value;
  throw refusal(400, `${name}: expected one text of at most ${MAX_TEXT} letters.`);
}

/** Reads a parameter as a whole number from 1; larger numbers than `max` count as `max`. */
export function numberOf(parameters: QueryParameters, name: string, fallback: number, max: number): number {
  const text = textOf(parameters, name);
  if (text === undefined) return fallback;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw refusal(400, `${name}: expected a whole number from 1 to ${max}.`);
  return Math.min(number, max);
}
