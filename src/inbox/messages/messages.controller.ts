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
import { refusal } from '../http/refusal.js';
import { HTML } from '../http/reply.js';
import {
  checkParameters,
  type InboxRequest,
  numberOf,
  parameterOf,
  pathOf,
  textOf,
} from '../http/request.js';
import { Answer } from '../routing/answer.js';
import type { InboxFeature } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Delete, Get, Patch } from '../routing/route.js';
import { hostOf } from '../safety/own-host.js';
import { MailStore } from '../store/mail-store.js';
import { attachmentNamed, fileHeaders } from './mail-file.js';
import { mailHtml, mailPolicy } from './mail-html.js';
import { matches, MATCHING, parseQuery, QUERY_NAMES } from './message-query.js';
import { MessageReader } from './message-reader.js';
import { summaryOf } from './message-view.js';

const LIMIT = 50;
const MOST = 100;

@InboxController('api/messages')
export class MessagesController {
  readonly #reader: MessageReader;
  readonly #store: MailStore;

  constructor(reader: MessageReader, store: MailStore) {
    this.#reader = reader;
    this.#store = store;
  }

  @Get('', {
    summary: 'The mails that match, newest first',
    query: {
      ...MATCHING,
      limit: 'At most so many, from 1 to 100; 50 without it',
      before: 'Id of a mail, here or removed since: what is older',
    },
    answer: messagePage,
    refusals: [400],
  })
  async list({ query: parameters }: InboxRequest): Promise<MessagePage> {
    checkParameters(parameters, [...QUERY_NAMES, 'limit', 'before']);
    const limit = numberOf(parameters, 'limit', LIMIT, MOST);
    return this.#reader.page(parseQuery(parameters), limit, textOf(parameters, 'before'));
  }

  /** Deletes all mails, or those that match. A parameter without a value does not mean all. */
  @Delete('', {
    summary: 'Removes the mails that match; all without a parameter, none for one that is unknown or empty',
    query: MATCHING,
    refusals: [400],
  })
  async clear({ query: parameters }: InboxRequest): Promise<void> {
    checkParameters(parameters, QUERY_NAMES);
    const names = Object.keys(parameters);
    const empty = names.find((name) => textOf(parameters, name) === undefined);
    if (empty !== undefined)
      throw refusal(400, `${empty}: expected a value. Without it all would be removed.`);
    const query = parseQuery(parameters);
    const isAll = names.length === 0;
    await this.#store.remove(isAll ? undefined : (mail) => matches(mail, query));
  }

  @Get(':id.eml', { summary: 'Its source, to save', answer: 'message/rfc822', refusals: [404] })
  async download(request: InboxRequest): Promise<Answer> {
    const id = parameterOf(request, 'id');
    const { source } = await this.#reader.content(id);
    return new Answer(source, {
      'content-type': 'message/rfc822',
      'content-disposition': attachmentNamed(`${id}.eml`),
    });
  }

  @Get(':id.txt', { summary: 'Its source, to look at', answer: 'text/plain', refusals: [404] })
  async source(request: InboxRequest): Promise<Answer> {
    const { source } = await this.#reader.content(parameterOf(request, 'id'));
    return new Answer(source, { 'content-type': 'text/plain; charset=utf-8' });
  }

  @Get(':id.html', {
    summary: 'Its html, for a sandboxed frame',
    query: HTML_VIEW,
    answer: 'text/html',
    refusals: [400, 404],
    openTo: 'knowers',
  })
  async html(request: InboxRequest): Promise<Answer> {
    const id = parameterOf(request, 'id');
    const { message } = await this.#reader.content(id);
    const files = `${pathOf(request).replace(/\.html$/, '')}/files/`;
    const withImages = textOf(request.query, 'images') === '1';
    const client = viewClientOf(textOf(request.query, 'client'));
    const shown = message.html === undefined ? {} : { html: asShownIn(client, message.html) };
    const html = mailHtml({ ...message, ...shown }, `${id}/files`);
    const policy = mailPolicy(hostOf(request) ?? '', files, withImages);
    return new Answer(html, { 'content-type': HTML, 'content-security-policy': policy });
  }

  @Get(':id/files/:index', {
    summary: 'One of its files, to save; an inline image may be shown',
    answer: 'application/octet-stream, image/*',
    refusals: [404],
    openTo: 'knowers',
  })
  async file(request: InboxRequest): Promise<Answer> {
    const { message } = await this.#reader.content(parameterOf(request, 'id'));
    const index = parameterOf(request, 'index');
    const part = /^\d{1,4}$/.test(index) ? message.attachments[Number(index)] : undefined;
    if (!part) throw refusal(404, 'This message has no such file.');
    return new Answer(part.content, fileHeaders(part));
  }

  /** Looking marks nothing: the page says when somebody has read it. */
  @Get(':id', {
    summary: 'One mail, with the links and codes in it and what became of it',
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
    const unread = unreadOf(request.body);
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

function unreadOf(body: unknown): boolean {
  const unread: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'unread') : undefined;
  if (typeof unread === 'boolean') return unread;
  throw refusal(400, 'unread: expected true or false.');
}

export const MESSAGES: InboxFeature = { controllers: [MessagesController], providers: [MessageReader] };
