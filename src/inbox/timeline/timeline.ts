import { Injectable } from '@nestjs/common';
import type { Receipt } from '../../message/receipt.js';
import type { MessageStatus, TimelineEvent } from '../api/messages.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';

/** A change of status and the events that explain it. */
export interface MailProgress {
  readonly status?: MessageStatus;
  readonly queueId?: string | undefined;
  readonly events: ReadonlyArray<Omit<TimelineEvent, 'at'>>;
}

/** Events that a timeline keeps; a mail that is retried for two days has fewer. */
const MAX_EVENTS = 200;

/** Adds events to the timeline of a mail, in chronological order. */
export function appendTimeline(
  mail: CapturedMail,
  { status = mail.status, queueId = mail.queueId, events }: MailProgress,
  at: Date,
): CapturedMail {
  const added = events.map((event) => ({ at: at.toISOString(), ...event }));
  const timeline = [...mail.timeline, ...added]
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at < b.at ? -1 : 1))
    .slice(-MAX_EVENTS);
  return { ...mail, status, queueId, timeline };
}

/** Adds operators' actions, which cause no events, to the timelines of mails. */
@Injectable()
export class OperatorActions {
  readonly #store: MailStore;

  constructor(store: MailStore) {
    this.#store = store;
  }

  /** @param at time of the action: the next attempt may already be over */
  retried(queueId: string, at: Date): Promise<void> {
    return this.#changeQueued(queueId, (mail) =>
      appendTimeline(mail, { ...(mail.status === 'dead' && { status: 'queued' }), events: [RETRIED] }, at),
    );
  }

  cancelled(queueId: string, at: Date): Promise<void> {
    return this.#changeQueued(queueId, (mail) =>
      appendTimeline(mail, { status: 'cancelled', events: [CANCELLED] }, at),
    );
  }

  released(id: string, { transport, accepted, response }: Receipt): Promise<void> {
    const text = `Released over ${transport} to ${accepted.join(', ')}${response ? `: ${response}` : ''}`;
    return this.#store.change(
      () => this.#store.get(id),
      (mail) => appendTimeline(mail, { events: [{ kind: 'released', text }] }, new Date()),
    );
  }

  #changeQueued(queueId: string, change: (mail: CapturedMail) => CapturedMail): Promise<void> {
    return this.#store.change(() => this.#store.mails.find((mail) => mail.queueId === queueId), change);
  }
}

const RETRIED = { kind: 'retried', text: 'Retried in the inbox' } as const;
const CANCELLED = { kind: 'cancelled', text: 'Cancelled in the inbox' } as const;
