import { refusal } from './refusal.js';

/**
 * Refuses what is no parameter of a route: misspelt, it would be as if it were not there, and choose more.
 * @throws {HttpException} 400
 */
export function checkParameters(
  parameters: Readonly<Record<string, unknown>>,
  known: readonly string[],
): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw refusal(400, `There is no parameter ${JSON.stringify(unknown)}. Known: ${known.join(', ')}.`);
}
