import { Inject, Injectable } from '@nestjs/common';
import { noted } from '../capture/happening.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';

/** Writes down what was done to queued mails here: no event tells of it. */
@Injectable()
export class QueueNotes {
  readonly #store: MailStore;

  constructor(@Inject(MailStore) store: MailStore) {
    this.#store = store;
  }

  /** @param at before its next attempt, which may be over by now */
  retried(queueId: string, at: Date): Promise<void> {
    return this.#change(queueId, (mail) =>
      noted(mail, { ...(mail.status === 'dead' && { status: 'queued' }), entries: [RETRIED] }, at),
    );
  }

  cancelled(queueId: string, at: Date): Promise<void> {
    return this.#change(queueId, (mail) => noted(mail, { status: 'cancelled', entries: [CANCELLED] }, at));
  }

  #change(queueId: string, change: (mail: CapturedMail) => CapturedMail): Promise<void> {
    return this.#store.change(() => this.#store.mails.find((mail) => mail.queueId === queueId), change);
  }
}

const RETRIED = { kind: 'retried', text: 'To be tried again, somebody asked for it in the inbox' } as const;
const CANCELLED = { kind: 'cancelled', text: 'Cancelled in the inbox' } as const;
