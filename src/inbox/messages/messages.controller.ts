import {
  Body,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Patch,
  Query,
  Req,
  Res,
  StreamableFile,
} from '@nestjs/common';
import { HTML, type InboxReply, type InboxRequest, pathOf } from '../safety/http.js';
import { InboxController } from '../safety/inbox-controller.js';
import { OpenToKnowers } from '../safety/inbox-door.js';
import { hostOf } from '../safety/own-host.js';
import { checkParameters } from '../safety/parameters.js';
import { refusal } from '../safety/refusal.js';
import { MailStore } from '../store/mail-store.js';
import { attachmentNamed, fileHeaders } from './mail-file.js';
import { mailHtml, mailPolicy } from './mail-html.js';
import { type MessagePage, MessageReader } from './message-reader.js';
import { matches, numberOf, type Parameters, parseQuery, textOf } from './message-query.js';
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
  async list(@Query() parameters: Parameters): Promise<MessagePage> {
    checkParameters(parameters, [...QUERY_NAMES, 'limit', 'before']);
    const limit = numberOf(parameters, 'limit', LIMIT, MOST);
    return this.#reader.page(parseQuery(parameters), limit, textOf(parameters, 'before'));
  }

  /** All of them, or those that match. A parameter without a value is none that was meant to mean all. */
  @Delete()
  @HttpCode(204)
  async clear(@Query() parameters: Parameters): Promise<void> {
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
  async download(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: InboxReply,
  ): Promise<StreamableFile> {
    const { source } = await this.#reader.content(id);
    reply.header('content-type', 'message/rfc822');
    reply.header('content-disposition', attachmentNamed(`${id}.eml`));
    return new StreamableFile(source);
  }

  @Get(':id.txt')
  async source(
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: InboxReply,
  ): Promise<StreamableFile> {
    const { source } = await this.#reader.content(id);
    reply.header('content-type', 'text/plain; charset=utf-8');
    return new StreamableFile(source);
  }

  @Get(':id.html')
  @OpenToKnowers()
  async html(
    @Param('id') id: string,
    @Query() parameters: Parameters,
    @Req() request: InboxRequest,
    @Res({ passthrough: true }) reply: InboxReply,
  ): Promise<string> {
    const { message } = await this.#reader.content(id);
    const files = `${pathOf(request).replace(/\.html$/, '')}/files/`;
    const withImages = textOf(parameters, 'images') === '1';
    const html = mailHtml(message, `${id}/files`);
    reply.header('content-type', HTML);
    reply.header('content-security-policy', mailPolicy(hostOf(request) ?? '', files, withImages));
    return html;
  }

  @Get(':id/files/:index')
  @OpenToKnowers()
  async file(
    @Param('id') id: string,
    @Param('index') index: string,
    @Res({ passthrough: true }) reply: InboxReply,
  ): Promise<StreamableFile> {
    const { message } = await this.#reader.content(id);
    const part = /^\d{1,4}$/.test(index) ? message.attachments[Number(index)] : undefined;
    if (!part) throw refusal(404, 'This message has no such file.');
    for (const [name, value] of Object.entries(fileHeaders(part))) reply.header(name, value);
    return new StreamableFile(part.content);
  }

  /** Looking marks nothing: the page says when somebody has read it. */
  @Get(':id')
  one(@Param('id') id: string): Promise<MessageView> {
    return this.#reader.view(id);
  }

  @Patch(':id')
  async mark(@Param('id') id: string, @Body() body: unknown): Promise<MessageSummary> {
    const unread = unreadOf(body);
    await this.#reader.mail(id);
    await this.#store.change(
      () => this.#store.get(id),
      (mail) => (mail.unread === unread ? mail : { ...mail, unread }),
    );
    return summaryOf(await this.#reader.mail(id));
  }

  @Delete(':id')
  @HttpCode(204)
  async remove(@Param('id') id: string): Promise<void> {
    await this.#reader.mail(id);
    await this.#store.remove((mail) => mail.id === id);
  }
}

function unreadOf(body: unknown): boolean {
  const unread: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, 'unread') : undefined;
  if (typeof unread === 'boolean') return unread;
  throw refusal(400, 'unread: expected true or false.');
}
