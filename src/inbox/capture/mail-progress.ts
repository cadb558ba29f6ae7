import type { MailError, Rejection } from '../../mail.errors.js';
import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { Receipt } from '../../message/receipt.js';
import type { CapturedMail, CapturedStatus, TimelineEntry, TimelineKind } from '../store/captured-mail.js';

/** What is written down with its time. */
type Happening = Omit<TimelineEntry, 'at'>;

/** What an event means for the mail it is about. */
interface Progress {
  readonly status?: CapturedStatus;
  readonly queueId?: string;
  readonly entries: readonly Happening[];
}

type Readings = { readonly [N in MailEventName]?: (event: MailEvents[N]) => Progress };

const READINGS: Readings = {
  'mail.queued': ({ id, dueAt }) => ({
    status: 'queued',
    queueId: id,
    entries: [{ kind: 'queued', text: `Queued, due ${dueAt.toISOString()}` }],
  }),
  'mail.sending': () => ({ entries: [{ kind: 'sending', text: 'An attempt begins' }] }),
  'mail.sent': ({ receipt }) => ({
    status: 'sent',
    entries: [{ kind: 'sent', text: sentText(receipt) }, ...receipt.rejected.map(refused)],
  }),
  'mail.failed': ({ error }) => ({ status: 'failed', entries: faults('failed', error) }),
  'mail.deferred': ({ id, dueAt, error }) => ({
    status: 'deferred',
    queueId: id,
    entries: faults('deferred', error, `Tried again ${dueAt.toISOString()}`),
  }),
  'mail.dead': ({ id, error }) => ({
    status: 'dead',
    queueId: id,
    entries: faults('dead', error, 'Given up'),
  }),
  'mail.ambiguous': ({ id, error }) => ({
    status: 'dead',
    queueId: id,
    entries: faults('ambiguous', error, 'Held: it may have been sent'),
  }),
  'mail.expired': ({ id, error }) => ({
    status: 'dead',
    queueId: id,
    entries: faults('expired', error, 'Not sent within its time'),
  }),
};

/** Entries a timeline keeps: a mail that is tried for two days has fewer. */
const LONGEST = 200;

/** The mail after an event about it; the same where the event says nothing about a mail. */
export function progressed<N extends MailEventName>(
  mail: CapturedMail,
  name: N,
  event: MailEvents[N],
  at: Date,
): CapturedMail {
  const progress = READINGS[name]?.(event);
  if (!progress) return mail;
  const { status = mail.status, queueId = mail.queueId } = progress;
  const entries = progress.entries.map((entry) => Object.assign({ at: at.toISOString() }, entry));
  const timeline = [...mail.timeline, ...entries].slice(-LONGEST);
  return { ...mail, status, ...(queueId !== undefined && { queueId }), timeline };
}

function sentText({ transport, accepted, response }: Receipt): string {
  return `Accepted by ${transport} for ${accepted.join(', ')}${response ? `: ${response}` : ''}`;
}

function refused({ address, code, smtp }: Rejection): Happening {
  return {
    kind: 'failed',
    text: `Refused for ${address}: ${code}`,
    recipient: address,
    ...(smtp && { smtp }),
  };
}

/** The fault as a whole, then that of each recipient. */
function faults(kind: TimelineKind, error: MailError | undefined, what?: string): readonly Happening[] {
  const text = [what, error?.message].filter((part) => part !== undefined).join('. ');
  return [{ kind, text, ...(error?.smtp && { smtp: error.smtp }) }, ...(error?.rejected ?? []).map(refused)];
}
