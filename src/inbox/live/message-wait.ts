import { Inject, Injectable } from '@nestjs/common';
import { firstValueFrom, merge, Observable, takeUntil, timer } from 'rxjs';
import { matches, type MessageQuery, parseQuery } from '../messages/message-query.js';
import { MessageReader } from '../messages/message-reader.js';
import { refusal } from '../safety/refusal.js';
import type { CapturedMail } from '../store/captured-mail.js';
import { MailStore } from '../store/mail-store.js';
import { Closing } from './closing.js';

export interface WaitRequest {
  readonly query: MessageQuery;
  /** Id of a mail, or a time: only what was captured after it counts. */
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

  constructor(
    @Inject(MessageReader) reader: MessageReader,
    @Inject(MailStore) store: MailStore,
    @Inject(Closing) closing: Closing,
  ) {
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

  async #laterThan(after: string | undefined): Promise<Choice> {
    if (after === undefined) return () => true;
    const ids = (await this.#reader.find(EVERYTHING)).map(({ id }) => id);
    const place = ids.indexOf(after);
    const before = new Set(ids.slice(place));
    if (place !== -1) return ({ id }) => !before.has(id);
    const time = new Date(after);
    if (Number.isNaN(time.getTime()))
      throw refusal(400, 'after: expected the id of a message, or a time (ISO 8601).');
    return ({ at }) => at >= time.toISOString();
  }
}

const EVERYTHING = parseQuery({});
