import type { Rejection, SmtpReply } from '../../errors/mail-error.js';
import type { CapturedMail, CapturedStatus, TimelineEntry, TimelineKind } from '../store/captured-mail.js';

/** What is written down with its time. */
export type Happening = Omit<TimelineEntry, 'at'>;

/** What became of a mail. */
export interface Progress {
  readonly status?: CapturedStatus;
  readonly queueId?: string;
  readonly entries: readonly Happening[];
}

/** Why an attempt failed: an error as it was thrown, or as the queue keeps it. */
export interface Fault {
  readonly message: string;
  readonly smtp?: SmtpReply | undefined;
  readonly rejected?: readonly Rejection[] | undefined;
}

/** Entries a timeline keeps: a mail that is tried for two days has fewer. */
const LONGEST = 200;

/** The mail with what became of it, among what is known of it in the order it happened. */
export function noted(
  mail: CapturedMail,
  { status = mail.status, queueId = mail.queueId, entries }: Progress,
  at: Date,
): CapturedMail {
  const added = entries.map((entry) => Object.assign({ at: at.toISOString() }, entry));
  const timeline = [...mail.timeline, ...added]
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1))
    .slice(-LONGEST);
  return { ...mail, status, ...(queueId !== undefined && { queueId }), timeline };
}

/** The fault as a whole, then that of each recipient. */
export function faults(kind: TimelineKind, fault: Fault | undefined, what?: string): readonly Happening[] {
  const text = [what, fault?.message].filter((part) => part !== undefined).join('. ');
  return [{ kind, text, ...(fault?.smtp && { smtp: fault.smtp }) }, ...(fault?.rejected ?? []).map(refused)];
}

/** Why it is tried again, and when. */
export function deferral(fault: Fault | undefined, dueAt: Date): readonly Happening[] {
  const [whole, ...recipients] = faults('deferred', fault, 'To be tried again');
  return whole ? [{ ...whole, dueAt: dueAt.toISOString() }, ...recipients] : [];
}

/** The same of a mailer that keeps its mails here: none was sent. */
export function keptHere({ entries, ...progress }: Progress): Progress {
  if (progress.status !== 'sent') return { ...progress, entries };
  const kept = entries.map((entry): Happening =>
    entry.kind === 'sent' ? { ...entry, kind: 'captured', text: KEPT } : entry,
  );
  return { ...progress, status: 'captured', entries: kept };
}

const KEPT = 'Kept here, and sent to nobody: the mailer has a transport that captures';

export function acceptance(
  by: string,
  accepted: readonly string[],
  response: string | undefined,
  rejected: readonly Rejection[],
): readonly Happening[] {
  const text = `Accepted by ${by} for ${accepted.join(', ')}${response ? `: ${response}` : ''}`;
  return [{ kind: 'sent', text }, ...rejected.map(refused)];
}

function refused({ address, code, smtp }: Rejection): Happening {
  return {
    kind: 'failed',
    text: `Refused for ${address}: ${code}`,
    recipient: address,
    ...(smtp && { smtp }),
  };
}
