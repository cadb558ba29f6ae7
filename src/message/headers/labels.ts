import { show } from '../../errors/show.js';
import { isObject } from '../values/fields.js';
import { parseLine } from '../values/line.js';
import { invalid } from '../values/refusal.js';

const MAX_LABELS = 100;
const MAX_LABEL = 998;

/**
 * Reads the caller's tags, one line each. They are not sent, but reach events and, with some providers, headers.
 * @throws {MailError} `message-invalid`
 */
export function parseTags(value: unknown, field: string): readonly string[] {
  if (!Array.isArray(value)) throw invalid({ field, expected: 'an array of texts', found: show(value) });
  refuseMany(value.length, field);
  return Array.from(value, (tag: unknown, index) => parseLine(tag, `${field}[${index}]`, MAX_LABEL));
}

/**
 * Reads the caller's metadata.
 * @throws {MailError} `message-invalid`
 */
export function parseMetadata(value: unknown, field: string): Readonly<Record<string, string>> {
  if (!isObject(value)) throw invalid({ field, expected: 'an object of texts', found: show(value) });
  const entries: [string, unknown][] = Object.entries(value).filter(([, found]) => found !== undefined);
  refuseMany(entries.length, field);
  return Object.fromEntries(
    entries.map(([name, found]) => {
      parseLine(name, field, MAX_LABEL);
      return [name, parseLine(found, `${field}.${name}`, MAX_LABEL)];
    }),
  );
}

function refuseMany(count: number, field: string): void {
  if (count > MAX_LABELS) throw invalid({ field, expected: `at most ${MAX_LABELS}`, found: `${count}` });
}
