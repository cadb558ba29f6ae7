import { Injectable } from '@nestjs/common';
import type { Receipt } from '../../message/receipt.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';
import { noted } from './timeline.js';

/** Records operators' actions on mails, for which there is no event. */
@Injectable()
export class TimelineNotes {
  readonly #store: MailStore;

  constructor(store: MailStore) {
    this.#store = store;
  }

  /** @param at before its next attempt, which may be over by now */
  retried(queueId: string, at: Date): Promise<void> {
    return this.#changeQueued(queueId, (mail) =>
      noted(mail, { ...(mail.status === 'dead' && { status: 'queued' }), entries: [RETRIED] }, at),
    );
  }

  cancelled(queueId: string, at: Date): Promise<void> {
    return this.#changeQueued(queueId, (mail) =>
      noted(mail, { status: 'cancelled', entries: [CANCELLED] }, at),
    );
  }

  released(id: string, { transport, accepted, response }: Receipt): Promise<void> {
    const text = `Released over ${transport} to ${accepted.join(', ')}${response ? `: ${response}` : ''}`;
    return this.#store.change(
      () => this.#store.get(id),
      (mail) => noted(mail, { entries: [{ kind: 'released', text }] }, new Date()),
    );
  }

  #changeQueued(queueId: string, change: (mail: CapturedMail) => CapturedMail): Promise<void> {
    return this.#store.change(() => this.#store.mails.find((mail) => mail.queueId === queueId), change);
  }
}

const RETRIED = { kind: 'retried', text: 'To be tried again, somebody asked for it in the inbox' } as const;
const CANCELLED = { kind: 'cancelled', text: 'Cancelled in the inbox' } as const;
