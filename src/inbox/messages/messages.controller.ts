import { Inject } from '@nestjs/common';
import { asShownIn } from '../client-view/client-view.js';
import { viewClientOf } from '../client-view/view-client.js';
import { Answer } from '../routing/answer.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Delete, Get, Patch } from '../routing/route.js';
import { HTML, type InboxRequest, parameterOf, pathOf } from '../safety/http.js';
import { OpenToKnowers } from '../safety/inbox-door.js';
import { hostOf } from '../safety/own-host.js';
import { checkParameters } from '../safety/parameters.js';
import { refusal } from '../safety/refusal.js';
import { MailStore } from '../store/mail-store.js';
import { attachmentNamed, fileHeaders } from './mail-file.js';
import { mailHtml, mailPolicy } from './mail-html.js';
import { type MessagePage, MessageReader } from './message-reader.js';
import { matches, numberOf, parseQuery, textOf } from './message-query.js';
import { QUERY_NAMES } from './query-names.js';
import type { MessageSummary, MessageView } from './message-view.js';
import { summaryOf } from './message-view.js';

const LIMIT = 50;
const MOST = 100;

@InboxController('api/messages')
export class MessagesController {
  readonly #reader: MessageReader;
  readonly #store: MailStore;

  constructor(@Inject(MessageReader) reader: MessageReader, @Inject(MailStore) store: MailStore) {
    this.#reader = reader;
    this.#store = store;
  }

  @Get()
  async list({ query: parameters }: InboxRequest): Promise<MessagePage> {
    checkParameters(parameters, [...QUERY_NAMES, 'limit', 'before']);
    const limit = numberOf(parameters, 'limit', LIMIT, MOST);
    return this.#reader.page(parseQuery(parameters), limit, textOf(parameters, 'before'));
  }

  /** All of them, or those that match. A parameter without a value is none that was meant to mean all. */
  @Delete()
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

  @Get(':id.eml')
  async download(request: InboxRequest): Promise<Answer> {
    const id = parameterOf(request, 'id');
    const { source } = await this.#reader.content(id);
    return new Answer(source, {
      'content-type': 'message/rfc822',
      'content-disposition': attachmentNamed(`${id}.eml`),
    });
  }

  @Get(':id.txt')
  async source(request: InboxRequest): Promise<Answer> {
    const { source } = await this.#reader.content(parameterOf(request, 'id'));
    return new Answer(source, { 'content-type': 'text/plain; charset=utf-8' });
  }

  @Get(':id.html')
  @OpenToKnowers()
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

  @Get(':id/files/:index')
  @OpenToKnowers()
  async file(request: InboxRequest): Promise<Answer> {
    const { message } = await this.#reader.content(parameterOf(request, 'id'));
    const index = parameterOf(request, 'index');
    const part = /^\d{1,4}$/.test(index) ? message.attachments[Number(index)] : undefined;
    if (!part) throw refusal(404, 'This message has no such file.');
    return new Answer(part.content, fileHeaders(part));
  }

  /** Looking marks nothing: the page says when somebody has read it. */
  @Get(':id')
  one(request: InboxRequest): Promise<MessageView> {
    return this.#reader.view(parameterOf(request, 'id'));
  }

  @Patch(':id')
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

  @Delete(':id')
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
