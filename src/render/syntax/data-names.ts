import { didYouMean, isOneEdit } from '../../errors/closest.js';

/** `@list` is one edit from `@last` and may well be an application's own. */
const SHORTEST_GUESS = 5;

/** What the module and the blocks of Handlebars give to templates through `@`. */
const DATA_NAMES = [
  'root',
  'locale',
  'dir',
  'timeZone',
  'date',
  'subject',
  'preheader',
  'index',
  'key',
  'first',
  'last',
  'partial-block',
] as const;

/**
 * What is wrong with the name of a data variable that is one slip from a known one: `{{#if @fisrt}}` would
 * be false for ever. Other names may come from a block helper of the application.
 */
export function misspeltData(name: string): string | undefined {
  if (DATA_NAMES.some((known) => known === name)) return undefined;
  const near = DATA_NAMES.find((known) => known.length >= SHORTEST_GUESS && isOneEdit(name, known));
  return near && `there is no "@${name}"${didYouMean(`@${name}`, [`@${near}`])}`;
}
