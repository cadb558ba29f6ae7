import { refusal } from './refusal.js';

/** Query parameters as a platform parsed them. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What is read of a request, of Express and of Fastify alike. */
export interface InboxRequest {
  readonly method: string;
  /** With the global prefix and the query. */
  readonly originalUrl: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Of its path, decoded. */
  readonly params: Readonly<Record<string, string | undefined>>;
  readonly query: Parameters;
  /** As the application's parsers read it; undefined without one. */
  readonly body?: unknown;
}

/** A header that is there once. */
export function headerOf({ headers }: InboxRequest, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Path a request was made to, without its query. */
export function pathOf({ originalUrl }: InboxRequest): string {
  return originalUrl.replace(/\?.*$/, '');
}

/** A parameter of a route's path; no route is found without the ones it names. */
export function parameterOf({ params }: InboxRequest, name: string): string {
  return params[name] ?? '';
}

/**
 * The fields of a request's JSON body; none without a body.
 * @throws {HttpException} 400 when it is no object
 */
export function fieldsOf({ body }: InboxRequest): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {};
  if (typeof body === 'object' && !Array.isArray(body)) return { ...body };
  throw refusal(400, 'The body is expected to be a JSON object.');
}

/**
 * Refuses what is no parameter of a route: misspelt, it would be as if it were not there, and choose more.
 * @throws {HttpException} 400
 */
export function checkParameters(parameters: Parameters, known: readonly string[]): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw refusal(400, `There is no parameter ${JSON.stringify(unknown)}. Known: ${known.join(', ')}.`);
}

/** Letters of a parameter. */
const LONGEST = 1_000;

/** Returns the only text of a parameter; an empty one counts as absent. */
export function textOf(parameters: Parameters, name: string): string | undefined {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && value.length <= LONGEST) return value;
  throw refusal(400, `${name}: expected one text of at most ${LONGEST} letters.`);
}

/** A whole number of a parameter. */
export function numberOf(parameters: Parameters, name: string, fallback: number, max: number): number {
  const text = textOf(parameters, name);
  if (text === undefined) return fallback;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number < 1) throw refusal(400, `${name}: expected a whole number from 1 to ${max}.`);
  return Math.min(number, max);
}
