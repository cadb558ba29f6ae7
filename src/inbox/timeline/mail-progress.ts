import type { Rejection, SmtpReply } from '../../errors/mail-error.js';
import type { MailEventName } from '../../mail.events.js';
import type { Receipt } from '../../message/receipt.js';
import type { AttemptRecord, QueueEntry, QueueState } from '../../queue/mail-queue.js';
import type { TimelineKind } from '../api/messages.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { appendTimeline, type MailProgress } from './timeline.js';

/** Facts about a delivery, from an event or from the queue's record of the last attempt. */
interface DeliveryReport {
  readonly mailer?: string;
  /** Id in the queue. */
  readonly id?: string | undefined;
  /** Time of the next attempt. */
  readonly dueAt?: Date | undefined;
  readonly error?: AttemptFault | undefined;
  readonly receipt?: Pick<Receipt, 'transport' | 'accepted' | 'rejected'> & {
    readonly response?: string | undefined;
  };
}

/** Why an attempt failed: the thrown error, or the error as stored by the queue. */
interface AttemptFault {
  readonly message: string;
  readonly smtp?: SmtpReply | undefined;
  readonly rejected?: readonly Rejection[] | undefined;
  /** Name of the member at fault, in a transport that wraps others. */
  readonly transport?: string | undefined;
}

type ToProgress = (report: DeliveryReport) => MailProgress;
type EventSuffix<Event> = Event extends `mail.${infer Name}` ? Name : never;

/** Progress of a mail, by the name of the event or the state in the queue. */
const PROGRESS: Readonly<Partial<Record<string, ToProgress>>> = {
  queued: ({ dueAt }) => ({
    status: 'queued',
    events: [{ kind: 'queued', text: 'Queued', dueAt: dueAt?.toISOString() }],
  }),
  sending: () => ({ events: [{ kind: 'sending', text: 'An attempt begins' }] }),
  sent: (report) => ({ status: 'sent', events: acceptedEvents(report) }),
  failed: (report) => ({ status: 'failed', events: faultEvents('failed', report) }),
  deferred: (report) => ({
    status: 'deferred',
    events: faultEvents('deferred', report, 'To be tried again'),
  }),
  released: (report) => ({
    status: 'deferred',
    events: faultEvents('waiting', report, 'Waits: the mail server is at fault, no attempt is lost'),
  }),
  dead: (report) => ({ status: 'dead', events: faultEvents('dead', report, 'Given up') }),
  ambiguous: (report) => ({
    status: 'dead',
    events: faultEvents('ambiguous', report, 'Held: it may have been sent'),
  }),
  expired: (report) => ({ status: 'dead', events: faultEvents('expired', report, 'Not sent in time') }),
  cancelled: () => ({ status: 'cancelled', events: [{ kind: 'cancelled', text: 'Cancelled' }] }),
  corrupt: () => ({ status: 'dead', events: [{ kind: 'dead', text: 'Its record cannot be read' }] }),
} satisfies Partial<Record<EventSuffix<MailEventName> | QueueState, ToProgress>>;

export interface Observation {
  readonly at: Date;
  /** Whether the mailer keeps its mails here instead of sending them. */
  readonly isCaptured: boolean;
}

/** Applies an event to a mail; returns the same mail if the event does not concern it. */
export function applyEvent(
  mail: CapturedMail,
  name: MailEventName,
  event: DeliveryReport,
  { at, isCaptured }: Observation,
): CapturedMail {
  const progress = progressOf(name.replace('mail.', ''), event, isCaptured);
  return progress ? appendTimeline(mail, progress, at) : mail;
}

/**
 * Updates a mail from its entry in the queue, for events that went to another process; returns the same mail if
 * nothing is new. The last attempt represents earlier ones; `sending` adds nothing.
 */
export function mergeQueueState(
  mail: CapturedMail,
  entry: QueueEntry,
  { at: now, isCaptured }: Observation,
): CapturedMail {
  const { state } = entry;
  const attempt = entry.attempts.at(-1);
  const waits = state === 'waiting';
  const progress =
    state === 'sending'
      ? undefined
      : progressOf(waits ? 'deferred' : state, reportOf(entry, attempt), isCaptured);
  if (!progress) return mail;
  const known = mail.timeline.at(-1)?.at ?? mail.at;
  const isNew = attempt !== undefined && endOf(attempt).toISOString() > known;
  // A waiting mail without a new attempt may wait because somebody retried it.
  if (!isNew && (waits || progress.status === mail.status)) return mail;
  return appendTimeline(mail, progress, isNew ? endOf(attempt) : now);
}

function progressOf(name: string, report: DeliveryReport, isCaptured: boolean): MailProgress | undefined {
  const read = PROGRESS[name]?.(report);
  return read && { queueId: report.id, ...(isCaptured ? asCaptured(read) : read) };
}

function reportOf({ id, state, dueAt }: QueueEntry, attempt: AttemptRecord | undefined): DeliveryReport {
  if (!attempt) return { id };
  const { error, accepted, rejected, response, transport } = attempt;
  return {
    id,
    ...(state === 'waiting' && { dueAt }),
    error: {
      message: error?.message ?? 'Some recipients were refused',
      smtp: error?.smtp,
      rejected,
      transport,
    },
    receipt: { transport: transport ?? 'the mail server', accepted, rejected, response },
  };
}

function endOf({ startedAt, durationMs }: AttemptRecord): Date {
  return new Date(startedAt.getTime() + durationMs);
}

/** One event for the fault, then one for each refused recipient. */
function faultEvents(
  kind: TimelineKind,
  { error, dueAt }: DeliveryReport,
  what?: string,
): MailProgress['events'] {
  const who = error?.transport === undefined ? error?.message : `By ${error.transport}: ${error.message}`;
  const text = [what, who].filter((part) => part !== undefined).join('. ');
  const whole = { kind, text, dueAt: dueAt?.toISOString(), smtp: error?.smtp };
  return [whole, ...(error?.rejected ?? []).map(refusalEvent)];
}

function acceptedEvents({ receipt }: DeliveryReport): MailProgress['events'] {
  if (!receipt) return [{ kind: 'sent', text: 'Accepted' }];
  const { transport, accepted, response, rejected } = receipt;
  const text = `Accepted by ${transport} for ${accepted.join(', ')}${response ? `: ${response}` : ''}`;
  return [{ kind: 'sent', text }, ...rejected.map(refusalEvent)];
}

function refusalEvent({ address, code, smtp }: Rejection): MailProgress['events'][number] {
  return { kind: 'failed', text: `Refused for ${address}: ${code}`, recipient: address, smtp };
}

const CAPTURED_TEXT = 'Kept here and sent to nobody: the transport of the mailer captures';

/** Replaces `sent` by `captured` for a mailer that keeps its mails here. */
function asCaptured(progress: MailProgress): MailProgress {
  if (progress.status !== 'sent') return progress;
  const events = progress.events.map((event) =>
    event.kind === 'sent' ? ({ ...event, kind: 'captured', text: CAPTURED_TEXT } as const) : event,
  );
  return { status: 'captured', events };
}
