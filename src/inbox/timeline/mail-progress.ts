import type { Rejection, SmtpReply } from '../../errors/mail-error.js';
import type { MailEventName } from '../../mail.events.js';
import type { Receipt } from '../../message/receipt.js';
import type { AttemptRecord, QueueEntry, QueueState } from '../../queue/mail-queue.js';
import type { TimelineKind } from '../api/messages.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { noted, type MailProgress } from './timeline.js';

/** The progress of a mail according to an event, or to the queue's record of its last attempt. */
interface Told {
  readonly mailer?: string;
  /** In the queue. */
  readonly id?: string | undefined;
  /** When it is tried next. */
  readonly dueAt?: Date | undefined;
  readonly error?: AttemptFault | undefined;
  readonly receipt?: Pick<Receipt, 'transport' | 'accepted' | 'rejected'> & {
    readonly response?: string | undefined;
  };
}

/** Why an attempt failed: an error as it was thrown, or as the queue keeps it. */
interface AttemptFault {
  readonly message: string;
  readonly smtp?: SmtpReply | undefined;
  readonly rejected?: readonly Rejection[] | undefined;
}

type ProgressReading = (told: Told) => MailProgress;
type NameOf<Event> = Event extends `mail.${infer Name}` ? Name : never;

/** What becomes of a mail, by the name of the event, or by the state that the queue has it in. */
const READINGS: Readonly<Partial<Record<string, ProgressReading>>> = {
  queued: ({ dueAt }) => ({
    status: 'queued',
    entries: [{ kind: 'queued', text: 'Queued', dueAt: dueAt?.toISOString() }],
  }),
  sending: () => ({ entries: [{ kind: 'sending', text: 'An attempt begins' }] }),
  sent: (told) => ({ status: 'sent', entries: acceptance(told) }),
  failed: (told) => ({ status: 'failed', entries: faults('failed', told) }),
  deferred: (told) => ({ status: 'deferred', entries: faults('deferred', told, 'To be tried again') }),
  released: (told) => ({
    status: 'deferred',
    entries: faults('waiting', told, 'Waits: the mail server is at fault, no attempt is lost'),
  }),
  dead: (told) => ({ status: 'dead', entries: faults('dead', told, 'Given up') }),
  ambiguous: (told) => ({
    status: 'dead',
    entries: faults('ambiguous', told, 'Held: it may have been sent'),
  }),
  expired: (told) => ({ status: 'dead', entries: faults('expired', told, 'Not sent within its time') }),
  cancelled: () => ({ status: 'cancelled', entries: [{ kind: 'cancelled', text: 'Cancelled' }] }),
  corrupt: () => ({ status: 'dead', entries: [{ kind: 'dead', text: 'Its record cannot be read' }] }),
} satisfies Partial<Record<NameOf<MailEventName> | QueueState, ProgressReading>>;

/** When something was heard of a mail, and of which mailer. */
export interface Seen {
  readonly at: Date;
  /** The mailer keeps its mails here instead of sending them. */
  readonly isKept: boolean;
}

/** The mail after an event about it; the same where the event says nothing about a mail. */
export function progressed(
  mail: CapturedMail,
  name: MailEventName,
  event: Told,
  { at, isKept }: Seen,
): CapturedMail {
  const progress = progressOf(name.replace('mail.', ''), event, isKept);
  return progress ? noted(mail, progress, at) : mail;
}

/**
 * The mail with what the queue knows of it, where its events went elsewhere; the same when that is nothing new.
 * The last attempt stands for those before it; `sending` says nothing yet.
 */
export function takenOver(mail: CapturedMail, entry: QueueEntry, { at: now, isKept }: Seen): CapturedMail {
  const { state } = entry;
  const attempt = entry.attempts.at(-1);
  const waits = state === 'waiting';
  const progress =
    state === 'sending' ? undefined : progressOf(waits ? 'deferred' : state, toldBy(entry, attempt), isKept);
  if (!progress) return mail;
  const known = mail.timeline.at(-1)?.at ?? mail.at;
  const isNew = attempt !== undefined && endOf(attempt).toISOString() > known;
  // One that waits may do so since somebody had it tried again.
  if (!isNew && (waits || progress.status === mail.status)) return mail;
  return noted(mail, progress, isNew ? endOf(attempt) : now);
}

function progressOf(name: string, told: Told, isKept: boolean): MailProgress | undefined {
  const read = READINGS[name]?.(told);
  return read && { queueId: told.id, ...(isKept ? keptHere(read) : read) };
}

function toldBy({ id, state, dueAt }: QueueEntry, attempt: AttemptRecord | undefined): Told {
  if (!attempt) return { id };
  const { error, accepted, rejected, response } = attempt;
  return {
    id,
    ...(state === 'waiting' && { dueAt }),
    error: { message: error?.message ?? 'Some recipients were refused', smtp: error?.smtp, rejected },
    receipt: { transport: 'the mail server', accepted, rejected, response },
  };
}

function endOf({ startedAt, durationMs }: AttemptRecord): Date {
  return new Date(startedAt.getTime() + durationMs);
}

/** The fault as a whole, then that of each recipient. */
function faults(kind: TimelineKind, { error, dueAt }: Told, what?: string): MailProgress['entries'] {
  const text = [what, error?.message].filter((part) => part !== undefined).join('. ');
  const whole = { kind, text, dueAt: dueAt?.toISOString(), smtp: error?.smtp };
  return [whole, ...(error?.rejected ?? []).map(refused)];
}

function acceptance({ receipt }: Told): MailProgress['entries'] {
  if (!receipt) return [{ kind: 'sent', text: 'Accepted' }];
  const { transport, accepted, response, rejected } = receipt;
  const text = `Accepted by ${transport} for ${accepted.join(', ')}${response ? `: ${response}` : ''}`;
  return [{ kind: 'sent', text }, ...rejected.map(refused)];
}

function refused({ address, code, smtp }: Rejection): MailProgress['entries'][number] {
  return { kind: 'failed', text: `Refused for ${address}: ${code}`, recipient: address, smtp };
}

const KEPT = 'Kept here, and sent to nobody: the mailer has a transport that captures';

/** The same of a mailer that keeps its mails here: none was sent. */
function keptHere(progress: MailProgress): MailProgress {
  if (progress.status !== 'sent') return progress;
  const entries = progress.entries.map((entry) =>
    entry.kind === 'sent' ? ({ ...entry, kind: 'captured', text: KEPT } as const) : entry,
  );
  return { status: 'captured', entries };
}
