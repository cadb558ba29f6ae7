import type { RenderedMessage } from '../../message/message.js';
import { checkPattern, differencesOf, type MailPattern } from '../../message/pattern/mail-pattern.js';
import { capturedMails } from './captured-mails.js';
import { brokenOrder, queuedInstead, sight, unexpectedCount } from './failure-text.js';

/** A pattern, and the number of mails that should match. */
export interface CountedMailPattern extends MailPattern {
  /** The exact number. @default one or more */
  readonly times?: number | undefined;
}

/** Matchers of `expect(outbox)` after `expect.extend(mailMatchers)`. `R` is the return type of a matcher. */
export interface MailMatchers<R> {
  /** A matching mail was sent: one or more, or exactly `times`. Mails still in the queue do not count. */
  toHaveSentMail(pattern?: CountedMailPattern): R;
  /** Exactly this number of matching mails was sent. */
  toHaveSentMailTimes(times: number, pattern?: MailPattern): R;
  /** A mail matching the first pattern was sent, later one matching the second, and so on; others may lie between. */
  toHaveSentMailsInOrder(patterns: readonly MailPattern[]): R;
  /** No matching mail was sent. */
  toHaveSentNoMail(pattern?: MailPattern): R;
  /** A matching mail was queued, whether sent by now or not. */
  toHaveQueuedMail(pattern?: CountedMailPattern): R;
}

declare global {
  // Both frameworks use this interface: Vitest's assertions extend it, as those of `@types/jest` do.
  namespace jest {
    interface Matchers<R, T> extends MailMatchers<R> {}
  }
}

/** The result of a matcher for Jest and Vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/**
 * Matchers for `expect(outbox)`: `expect.extend(mailMatchers)` in Jest and in Vitest. `MailMatchers` describes
 * each of them.
 */
export const mailMatchers = {
  toHaveSentMail(received: unknown, pattern: CountedMailPattern = {}): MatcherResult {
    return count('sent', received, pattern);
  },

  toHaveSentMailTimes(received: unknown, times: number, pattern: MailPattern = {}): MatcherResult {
    return count('sent', received, { ...pattern, times });
  },

  toHaveSentMailsInOrder(received: unknown, patterns: readonly MailPattern[]): MatcherResult {
    const { messages } = capturedMails(received);
    const found = inOrder(messages, patterns);
    return {
      pass: found.length === patterns.length,
      message: () =>
        found.length === patterns.length
          ? 'Expected mails not to have been sent in this order, but they were.'
          : brokenOrder(patterns, found, messages),
    };
  },

  toHaveSentNoMail(received: unknown, pattern: MailPattern = {}): MatcherResult {
    checkPattern(pattern);
    const sighting = sight('sent', capturedMails(received).messages, pattern);
    const pass = sighting.matching.length === 0;
    return { pass, message: () => unexpectedCount(pass ? 'a mail' : 'no mail', sighting, pass) };
  },

  toHaveQueuedMail(received: unknown, pattern: CountedMailPattern = {}): MatcherResult {
    return count('queued', received, pattern);
  },
};

function count(verb: 'sent' | 'queued', received: unknown, counted: CountedMailPattern): MatcherResult {
  const { times, ...pattern } = counted;
  checkPattern(pattern);
  const captured = capturedMails(received);
  const messages = verb === 'sent' ? captured.messages : captured.queued.map(({ message }) => message);
  const sighting = sight(verb, messages, pattern);
  const { length } = sighting.matching;
  const pass = times === undefined ? length > 0 : length === times;
  const isTooFew = length < (times ?? 1);
  const hint = isTooFew && verb === 'sent' ? queuedInstead(captured, sighting) : '';
  return { pass, message: () => unexpectedCount(expectation(pass, times), sighting, isTooFew) + hint };
}

/** @param isRefuted whether the matcher passed where `not` was expected */
function expectation(isRefuted: boolean, times: number | undefined): string {
  if (times === undefined) return isRefuted ? 'no mail' : 'a mail';
  return `${isRefuted ? 'not ' : ''}${times} ${times === 1 ? 'mail' : 'mails'}`;
}

/** For each pattern, the first matching message after that of the pattern before; others may lie between. */
function inOrder(
  messages: readonly RenderedMessage[],
  patterns: readonly MailPattern[],
): readonly RenderedMessage[] {
  for (const pattern of patterns) checkPattern(pattern);
  const found: RenderedMessage[] = [];
  for (const message of messages) {
    const next = patterns[found.length];
    if (next && differencesOf(message, next).length === 0) found.push(message);
  }
  return found;
}
