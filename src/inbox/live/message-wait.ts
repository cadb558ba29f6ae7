import { Injectable } from '@nestjs/common';
import { firstValueFrom, merge, Observable, takeUntil, timer } from 'rxjs';
import { refusal } from '../http/refusal.js';
import { matches, type MessageQuery } from '../messages/message-query.js';
import { MessageReader } from '../messages/message-reader.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';
import { Closing } from './closing.js';

export interface WaitRequest {
  readonly query: MessageQuery;
  /** Id of a mail, here or removed, or a time: only what was captured after it counts. */
  readonly after: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  /** Fires when nobody waits any more. */
  readonly gone: Observable<unknown>;
}

type Choice = (mail: CapturedMail) => boolean;

/** Waits for mails, so that a test in any language needs no loop. */
@Injectable()
export class MessageWait {
  readonly #reader: MessageReader;
  readonly #store: MailStore;
  readonly #closing: Closing;

  constructor(reader: MessageReader, store: MailStore, closing: Closing) {
    this.#reader = reader;
    this.#store = store;
    this.#closing = closing;
  }

  /**
   * The first mail that matches and came after `after`. Without `after` the newest there is, or else the
   * first to come. Undefined when there was none within `timeout`, or the application shuts down.
   * @throws {HttpException} 400 for an `after` that is neither
   */
  async next({ query, after, timeout, gone }: WaitRequest): Promise<CapturedMail | undefined> {
    const isLater = await this.#laterThan(after);
    const found = await this.#reader.find(query);
    const known = after === undefined ? found[0] : found.findLast(isLater);
    if (known) return known;
    const ended = merge(timer(timeout), gone, this.#closing.signal);
    const coming = this.#coming((mail) => matches(mail, query) && isLater(mail));
    return firstValueFrom(coming.pipe(takeUntil(ended)), { defaultValue: undefined });
  }

  #coming(wanted: Choice): Observable<CapturedMail> {
    return new Observable((subscriber) =>
      this.#store.onChange((change) => {
        if (change.kind === 'message' && wanted(change.mail)) subscriber.next(change.mail);
      }),
    );
  }

  /** Also after a mail that was removed since: a test may clear the inbox, and then wait. */
  async #laterThan(after: string | undefined): Promise<Choice> {
    if (after === undefined) return () => true;
    await this.#store.settled();
    const place = this.#store.orderOf(after);
    if (place !== undefined) return ({ order }) => order > place;
    const time = new Date(ISO_TIME.test(after) ? after : NaN);
    if (Number.isNaN(time.getTime())) throw refusal(400, AFTER);
    return ({ at }) => at >= time.toISOString();
  }
}

/** Much else is a date to JavaScript, an id of digits too. */
const ISO_TIME = /^\d{4}-\d\d-\d\d/;
const AFTER =
  'after: expected a time (ISO 8601), or the id of a message that is here or was removed since the application started.';
