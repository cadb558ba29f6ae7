import { refusal } from './refusal.js';

/**
 * The fields of a request's JSON body; of none, none.
 * @throws {HttpException} 400 when it is no object
 */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (body === undefined || body === null) return {};
  if (typeof body === 'object' && !Array.isArray(body)) return { ...body };
  throw refusal(400, 'The body is expected to be a JSON object.');
}
