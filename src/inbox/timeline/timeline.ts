import type { MessageStatus, TimelineEntry } from '../api/messages.js';
import type { CapturedMail } from '../store/captured-mail.js';

/** What became of a mail. */
export interface MailProgress {
  readonly status?: MessageStatus;
  readonly queueId?: string | undefined;
  /** Written down with their time. */
  readonly entries: ReadonlyArray<Omit<TimelineEntry, 'at'>>;
}

/** Entries a timeline keeps: a mail that is tried for two days has fewer. */
const LONGEST = 200;

/** The mail with what became of it, among what is known of it in the order it happened. */
export function noted(
  mail: CapturedMail,
  { status = mail.status, queueId = mail.queueId, entries }: MailProgress,
  at: Date,
): CapturedMail {
  const added = entries.map((entry) => ({ at: at.toISOString(), ...entry }));
  const timeline = [...mail.timeline, ...added]
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1))
    .slice(-LONGEST);
  return { ...mail, status, queueId, timeline };
}
