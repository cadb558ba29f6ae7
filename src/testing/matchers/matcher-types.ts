import type { MailPattern } from '../../message/pattern/mail-pattern.js';
import type { CountedMailPattern } from './mail-matchers.js';

/** What `expect(outbox)` can do once `expect.extend(mailMatchers)` was called. `R` is what a matcher returns. */
export interface MailMatchers<R> {
  /** A mail like that was sent: one or more, or exactly `times`. Mails that still wait in the queue are not. */
  toHaveSentMail(pattern?: CountedMailPattern): R;
  /** Exactly so many mails like that were sent. */
  toHaveSentMailTimes(times: number, pattern?: MailPattern): R;
  /** A mail like the first was sent, later one like the second, and so on; others may lie between. */
  toHaveSentMailsInOrder(patterns: readonly MailPattern[]): R;
  /** No mail like that was sent. */
  toHaveSentNoMail(pattern?: MailPattern): R;
  /** A mail like that was queued, sent by now or not. */
  toHaveQueuedMail(pattern?: CountedMailPattern): R;
}

declare global {
  // Both frameworks read this one: Vitest's assertions extend it, as those of `@types/jest` do.
  namespace jest {
    interface Matchers<R, T> extends MailMatchers<R> {}
  }
}
