import { show } from '../mail.report.js';
import { parseLine } from './line.js';
import { invalid } from './refusal.js';

const MAX_TAG = 100;

/**
 * A language tag in its canonical form: `fr-ca` → `fr-CA` (BCP 47).
 * @throws {MailError} `message-invalid`
 */
export function parseLocale(value: unknown, field: string): string {
  const tag = parseLine(value, field, MAX_TAG);
  const canonical = canonicalTag(tag);
  if (canonical !== undefined) return canonical;
  const hyphened = canonicalTag(tag.replaceAll('_', '-'));
  const mend = hyphened === undefined ? undefined : `Write ${hyphened}`;
  throw invalid({ field, expected: 'a language tag such as fr-CA (BCP 47)', found: show(tag), mend });
}

function canonicalTag(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).toString();
  } catch {
    return undefined;
  }
}
