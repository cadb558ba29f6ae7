import {
  type MessagePage,
  messagePage,
  type MessageSummary,
  messageSummary,
  type MessageView,
  messageView,
} from '../api/messages.js';
import { boolean, record } from '../api/schema.js';
import { asShownIn } from '../client-view/client-view.js';
import { HTML_VIEW, viewClientOf } from '../client-view/view-client.js';
import { refusal } from '../http/reply.js';
import {
  checkParameters,
  fieldsOf,
  type InboxRequest,
  numberOf,
  parameterOf,
  pathOf,
  textOf,
} from '../http/request.js';
import { RawAnswer } from '../routing/answer.js';
import { type InboxFeature, InboxController, Delete, Get, Patch } from '../routing/inbox-controller.js';
import { MailStore } from '../store/mail-store.js';
import { attachmentNamed, fileHeaders } from './mail-file.js';
import { mailAnswer, mailHtml } from './mail-html.js';
import { matches, FILTER_PARAMETERS, parseQuery, FILTER_NAMES } from './message-query.js';
import { MessageReader } from './message-reader.js';
import { summaryOf } from './message-view.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

@InboxController('api/messages')
export class MessagesController {
  readonly #reader: MessageReader;
  readonly #store: MailStore;

  constructor(reader: MessageReader, store: MailStore) {
    this.#reader = reader;
    this.#store = store;
  }

  @Get('', {
    summary: 'Lists the matching mails, newest first',
    query: {
      ...FILTER_PARAMETERS,
      limit: 'Mails per page, from 1 to 100; 50 by default',
      before: 'Id of a mail, also of a removed one; lists only older mails',
    },
    answer: messagePage,
    refusals: [400],
  })
  async list({ query: parameters }: InboxRequest): Promise<MessagePage> {
    checkParameters(parameters, [...FILTER_NAMES, 'limit', 'before']);
    const limit = numberOf(parameters, 'limit', DEFAULT_LIMIT, MAX_LIMIT);
    return this.#reader.page(parseQuery(parameters), limit, textOf(parameters, 'before'));
  }

  /** Refuses a parameter without a value, which would otherwise remove all mails. */
  @Delete('', {
    summary:
      'Removes the matching mails, or all if there is no parameter; an unknown or empty parameter removes none',
    query: FILTER_PARAMETERS,
    refusals: [400],
  })
  async clear({ query: parameters }: InboxRequest): Promise<void> {
    checkParameters(parameters, FILTER_NAMES);
    const names = Object.keys(parameters);
    const empty = names.find((name) => textOf(parameters, name) === undefined);
    if (empty !== undefined)
      throw refusal(400, `${empty}: expected a value. Omit the parameter to remove all messages.`);
    const query = parseQuery(parameters);
    const isAll = names.length === 0;
    await this.#store.remove(isAll ? undefined : (mail) => matches(mail, query));
  }

  @Get(':id.eml', { summary: 'Downloads its source', answer: 'message/rfc822', refusals: [404] })
  async download(request: InboxRequest): Promise<RawAnswer> {
    const id = parameterOf(request, 'id');
    const { source } = await this.#reader.content(id);
    return new RawAnswer(source, {
      'content-type': 'message/rfc822',
      'content-disposition': attachmentNamed(`${id}.eml`),
    });
  }

  @Get(':id.txt', { summary: 'Shows its source as text', answer: 'text/plain', refusals: [404] })
  async source(request: InboxRequest): Promise<RawAnswer> {
    const { source } = await this.#reader.content(parameterOf(request, 'id'));
    return new RawAnswer(source, { 'content-type': 'text/plain; charset=utf-8' });
  }

  @Get(':id.html', {
    summary: 'Returns its html, for a sandboxed frame',
    query: HTML_VIEW,
    answer: 'text/html',
    refusals: [400, 404],
    allow: 'cross-site',
  })
  async html(request: InboxRequest): Promise<RawAnswer> {
    const id = parameterOf(request, 'id');
    const { message } = await this.#reader.content(id);
    const files = `${pathOf(request).replace(/\.html$/, '')}/files/`;
    const client = viewClientOf(textOf(request.query, 'client'));
    const shown = message.html === undefined ? {} : { html: asShownIn(client, message.html) };
    return mailAnswer(mailHtml({ ...message, ...shown }, `${id}/files`), request, files);
  }

  @Get(':id/files/:index', {
    summary: 'Downloads one of its files; an inline image is displayed',
    answer: 'application/octet-stream, image/*',
    refusals: [404],
    allow: 'cross-site',
  })
  async file(request: InboxRequest): Promise<RawAnswer> {
    const { message } = await this.#reader.content(parameterOf(request, 'id'));
    const index = parameterOf(request, 'index');
    const part = /^\d{1,4}$/.test(index) ? message.attachments[Number(index)] : undefined;
    if (!part) throw refusal(404, 'This message has no such file.');
    return new RawAnswer(part.content, fileHeaders(part));
  }

  /** Does not mark the mail as read; the page does that when it shows the mail. */
  @Get(':id', {
    summary: 'Returns a mail with its links, codes and timeline',
    answer: messageView,
    refusals: [404],
  })
  one(request: InboxRequest): Promise<MessageView> {
    return this.#reader.view(parameterOf(request, 'id'));
  }

  @Patch(':id', {
    summary: 'Marks a mail as read or unread',
    body: record({ unread: boolean() }),
    answer: messageSummary,
    refusals: [400, 404],
  })
  async mark(request: InboxRequest): Promise<MessageSummary> {
    const id = parameterOf(request, 'id');
    const { unread } = fieldsOf(request);
    if (typeof unread !== 'boolean') throw refusal(400, 'unread: expected true or false.');
    await this.#reader.mail(id);
    await this.#store.change(
      () => this.#store.get(id),
      (mail) => (mail.unread === unread ? mail : { ...mail, unread }),
    );
    return summaryOf(await this.#reader.mail(id));
  }

  @Delete(':id', { summary: 'Removes a mail', refusals: [404] })
  async remove(request: InboxRequest): Promise<void> {
    const id = parameterOf(request, 'id');
    await this.#reader.mail(id);
    await this.#store.remove((mail) => mail.id === id);
  }
}

export const MESSAGES: InboxFeature = { controllers: [MessagesController], providers: [MessageReader] };
