import type { RenderedMessage } from '../message.js';
import { differencesOf, type MailPattern } from './mail-pattern.js';

/** Messages that a failure shows. */
const SHOWN = 5;

/** Messages that a pattern does not match, each with what differs: those nearest to it first, then the newest. */
export function describeNearest(
  messages: readonly RenderedMessage[],
  pattern: MailPattern,
): readonly string[] {
  const ranked = messages
    .toReversed()
    .map((message) => ({ message, differences: differencesOf(message, pattern) }))
    .toSorted((a, b) => a.differences.length - b.differences.length);
  const shown = ranked.slice(0, SHOWN).flatMap(({ message, differences }) => {
    const lines = differences.map(
      ({ field, expected, found }) => `      ${field}: expected ${expected}, got ${found}`,
    );
    return [`  - ${describeMail(message)}`].concat(lines);
  });
  return [...shown, ...andMore(messages.length - SHOWN)];
}

/** Messages by one line each, the newest first. */
export function describeMails(messages: readonly RenderedMessage[]): readonly string[] {
  const newest = messages.toReversed().slice(0, SHOWN);
  return [...newest.map((message) => `  - ${describeMail(message)}`), ...andMore(messages.length - SHOWN)];
}

/** A message by its subject, recipients and template. */
export function describeMail({ subject, envelope, template }: RenderedMessage): string {
  const by = template === undefined ? '' : ` (template ${template})`;
  return `${JSON.stringify(subject)} to ${envelope.to.join(', ')}${by}`;
}

function andMore(count: number): readonly string[] {
  return count > 0 ? [`  and ${count} more`] : [];
}
