import { Injectable } from '@nestjs/common';
import { codeOf } from '../../errors/mail-error.js';
import type { MessagePage, MessageView } from '../api/messages.js';
import { refusal } from '../http/reply.js';
import type { CapturedMail } from '../store/captured-mail.js';
import type { MailContent } from '../store/mail-files.js';
import { MailStore } from '../store/mail-store.js';
import { matches, type MessageQuery } from './message-query.js';
import { summaryOf, viewOf } from './message-view.js';

/** Reads the inbox. Every call sees all mails captured before it. */
@Injectable()
export class MessageReader {
  readonly #store: MailStore;

  constructor(store: MailStore) {
    this.#store = store;
  }

  /**
   * @param before id of a message, also of a removed one; only older messages are returned
   * @throws {HttpException} 400 if that id is unknown
   */
  async page(query: MessageQuery, limit: number, before?: string): Promise<MessagePage> {
    const found = await this.find(query);
    const place = before === undefined ? Infinity : this.#orderOf(before);
    const mails = found.filter(({ order }) => order < place).slice(0, limit);
    const last = mails.at(-1);
    return {
      messages: mails.map(summaryOf),
      next: last === found.at(-1) ? undefined : last?.id,
      total: found.length,
      unread: found.filter(({ unread }) => unread).length,
    };
  }

  /** Newest first. */
  async find(query: MessageQuery): Promise<readonly CapturedMail[]> {
    await this.#store.settled();
    return this.#store.mails.filter((mail) => matches(mail, query));
  }

  #orderOf(id: string): number {
    const place = this.#store.orderOf(id);
    if (place !== undefined) return place;
    throw refusal(400, 'before: there is no message with that id. Start again without it.');
  }

  /** @throws {HttpException} 404 */
  async mail(id: string): Promise<CapturedMail> {
    await this.#store.settled();
    const mail = this.#store.get(id);
    if (mail) return mail;
    throw noSuchMessage();
  }

  /** @throws {HttpException} 404 */
  async view(id: string): Promise<MessageView> {
    return viewOf(await this.mail(id), await this.content(id));
  }

  /** @throws {HttpException} 404 */
  async content(id: string): Promise<MailContent> {
    await this.mail(id);
    try {
      return { message: await this.#store.message(id), source: await this.#store.source(id) };
    } catch (error) {
      // The store evicted the mail, or somebody deleted the folder, during the read.
      if (codeOf(error) === 'ENOENT') throw noSuchMessage();
      throw error;
    }
  }
}

function noSuchMessage(): Error {
  return refusal(404, 'There is no such message. It may have been removed: the inbox keeps only the newest.');
}
