import { show } from '../../errors/show.js';
import { invalid } from './refusal.js';
import { controlIn, halfCharacterIn } from './text.js';

/**
 * Reads text for one header line, or a part of one: a string of at most `max` characters without controls. An error never
 * quotes it: a header may hold a token.
 * @throws {MailError} `message-invalid`
 */
export function parseLine(value: unknown, field: string, max: number): string {
  const expected = `one line of text, at most ${max} characters`;
  if (typeof value !== 'string') throw invalid({ field, expected, found: show(value) });
  if (value.length > max) throw invalid({ field, expected, found: `${value.length} characters` });
  const control = controlIn(value);
  if (control !== undefined) {
    const fix = 'Line breaks and control characters are refused, never stripped';
    throw invalid({ field, expected, found: `the control character ${control}`, fix });
  }
  const half = halfCharacterIn(value);
  if (half !== undefined) throw invalid({ field, expected, found: `half a character, ${half}` });
  return value;
}
