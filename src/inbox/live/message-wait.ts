import { Injectable } from '@nestjs/common';
import { firstValueFrom, merge, Observable, takeUntil, timer } from 'rxjs';
import { refusal } from '../http/reply.js';
import { matches, type MessageQuery } from '../messages/message-query.js';
import { MessageReader } from '../messages/message-reader.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';
import { ShutdownSignal } from './shutdown-signal.js';

export interface WaitRequest {
  readonly query: MessageQuery;
  /** Id of a mail, removed ones included, or a time; only later mails count. */
  readonly after: string | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  /** Fires when the client has disconnected. */
  readonly disconnected: Observable<unknown>;
}

type MailPredicate = (mail: CapturedMail) => boolean;

/** Waits for mails, so that tests in any language need no polling loop. */
@Injectable()
export class MessageWait {
  readonly #reader: MessageReader;
  readonly #store: MailStore;
  readonly #shutdown: ShutdownSignal;

  constructor(reader: MessageReader, store: MailStore, closing: ShutdownSignal) {
    this.#reader = reader;
    this.#store = store;
    this.#shutdown = closing;
  }

  /**
   * Resolves with the first matching mail after `after`. Without `after`: with the newest matching mail, or
   * else the first to arrive. Undefined if none arrives within `timeout` or before shutdown.
   * @throws {HttpException} 400 if `after` is neither a known id nor a time
   */
  async next({ query, after, timeout, disconnected: gone }: WaitRequest): Promise<CapturedMail | undefined> {
    const isLater = await this.#laterThan(after);
    const found = await this.#reader.find(query);
    const known = after === undefined ? found[0] : found.findLast(isLater);
    if (known) return known;
    const ended = merge(timer(timeout), gone, this.#shutdown.fired);
    const coming = this.#arrivals((mail) => matches(mail, query) && isLater(mail));
    return firstValueFrom(coming.pipe(takeUntil(ended)), { defaultValue: undefined });
  }

  #arrivals(wanted: MailPredicate): Observable<CapturedMail> {
    return new Observable((subscriber) =>
      this.#store.onChange((change) => {
        if (change.kind === 'message' && wanted(change.mail)) subscriber.next(change.mail);
      }),
    );
  }

  /** Accepts removed mails too: a test may clear the inbox and then wait. */
  async #laterThan(after: string | undefined): Promise<MailPredicate> {
    if (after === undefined) return () => true;
    await this.#store.settled();
    const place = this.#store.orderOf(after);
    if (place !== undefined) return ({ order }) => order > place;
    const time = new Date(ISO_TIME.test(after) ? after : NaN);
    if (Number.isNaN(time.getTime())) throw refusal(400, AFTER);
    return ({ at }) => at >= time.toISOString();
  }
}

/** Required because JavaScript parses much else as a date, even an id of digits. */
const ISO_TIME = /^\d{4}-\d\d-\d\d/;
const AFTER =
  'after: expected a time (ISO 8601), or the id of a message that exists or was removed since the application started.';
