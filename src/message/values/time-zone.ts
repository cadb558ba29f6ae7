import { show } from '../../errors/show.js';
import { parseLine } from './line.js';
import { invalid } from './refusal.js';

const MAX_NAME = 100;

/** Names already checked: a check builds a formatter, which costs more than the rest of a mail. */
const proven = new Set(['UTC']);

/**
 * Reads a time zone's IANA name, e.g. `Europe/Paris`.
 * @throws {MailError} `message-invalid`
 */
export function parseTimeZone(value: unknown, field: string): string {
  const name = parseLine(value, field, MAX_NAME);
  if (proven.has(name)) return name;
  const found = resolvedZone(name);
  if (found === undefined) {
    throw invalid({ field, expected: 'a time zone such as Europe/Paris', found: show(name) });
  }
  // The zone of an alias differs between runtimes; its letter case does not.
  const zone = found.toLowerCase() === name.toLowerCase() ? found : name;
  proven.add(zone);
  return zone;
}

function resolvedZone(name: string): string | undefined {
  // Offsets are not names; from Node 22 on `Intl` accepts them.
  if (!/^[a-z]/i.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
