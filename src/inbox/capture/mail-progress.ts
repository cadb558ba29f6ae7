import type { MailEventName, MailEvents } from '../../mail.events.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { acceptance, deferral, faults, keptHere, noted, type Progress } from './happening.js';

type Readings = { readonly [N in MailEventName]?: (event: MailEvents[N]) => Progress };

/** What an event means for the mail it is about. */
const READINGS: Readings = {
  'mail.queued': ({ id, dueAt }) => ({
    status: 'queued',
    queueId: id,
    entries: [{ kind: 'queued', text: 'Queued', dueAt: dueAt.toISOString() }],
  }),
  'mail.sending': () => ({ entries: [{ kind: 'sending', text: 'An attempt begins' }] }),
  'mail.sent': ({ receipt: { transport, accepted, response, rejected } }) => ({
    status: 'sent',
    entries: acceptance(transport, accepted, response, rejected),
  }),
  'mail.failed': ({ error }) => ({ status: 'failed', entries: faults('failed', error) }),
  'mail.deferred': ({ id, dueAt, error }) => ({
    status: 'deferred',
    queueId: id,
    entries: deferral(error, dueAt),
  }),
  'mail.released': ({ id, error }) => ({
    status: 'deferred',
    queueId: id,
    entries: faults('waiting', error, 'Waits: the mail server is at fault, no attempt is lost'),
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

/** When an event was heard, and of which mailer. */
export interface Seen {
  readonly at: Date;
  /** The mailer keeps its mails here instead of sending them. */
  readonly isKept: boolean;
}

/** The mail after an event about it; the same where the event says nothing about a mail. */
export function progressed<N extends MailEventName>(
  mail: CapturedMail,
  name: N,
  event: MailEvents[N],
  { at, isKept }: Seen,
): CapturedMail {
  const progress = READINGS[name]?.(event);
  return progress ? noted(mail, isKept ? keptHere(progress) : progress, at) : mail;
}
