import { Get, Inject, Query, Req, Res } from '@nestjs/common';
import { Observable } from 'rxjs';
import { mailHtml, mailPolicy } from '../messages/mail-html.js';
import { numberOf, type Parameters, parseQuery, textOf } from '../messages/message-query.js';
import { MessageReader } from '../messages/message-reader.js';
import type { MessageView } from '../messages/message-view.js';
import { QUERY_NAMES } from '../messages/query-names.js';
import { HTML, type InboxConnection, type InboxReply, type InboxRequest, pathOf } from '../safety/http.js';
import { InboxController } from '../safety/inbox-controller.js';
import { hostOf } from '../safety/own-host.js';
import { checkParameters } from '../safety/parameters.js';
import { refusal } from '../safety/refusal.js';
import { MessageWait } from './message-wait.js';

/** Shorter than Jest and Vitest let a test take: the answer is to say what was wrong. */
const WAIT_MS = 4_000;
const LONGEST_MS = 60_000;

/** What a test asks for first. */
@InboxController('api')
export class WaitController {
  readonly #reader: MessageReader;
  readonly #wait: MessageWait;

  constructor(@Inject(MessageReader) reader: MessageReader, @Inject(MessageWait) wait: MessageWait) {
    this.#reader = reader;
    this.#wait = wait;
  }

  @Get('wait')
  async wait(
    @Query() parameters: Parameters,
    @Res({ passthrough: true }) reply: InboxReply & InboxConnection,
  ): Promise<MessageView> {
    checkParameters(parameters, [...QUERY_NAMES, 'after', 'timeout']);
    const timeout = numberOf(parameters, 'timeout', WAIT_MS, LONGEST_MS);
    const query = parseQuery(parameters);
    const after = textOf(parameters, 'after');
    const mail = await this.#wait.next({ query, after, timeout, gone: goneOf(reply) });
    if (mail) return this.#reader.view(mail.id);
    throw refusal(408, `No such message within ${timeout} ms.`);
  }

  /** The html of the newest message that matches. */
  @Get('latest.html')
  async latest(
    @Query() parameters: Parameters,
    @Req() request: InboxRequest,
    @Res({ passthrough: true }) reply: InboxReply,
  ): Promise<string> {
    checkParameters(parameters, QUERY_NAMES);
    const [newest] = await this.#reader.find(parseQuery(parameters));
    if (!newest) throw refusal(404, 'There is no such message.');
    const { message } = await this.#reader.content(newest.id);
    const files = `messages/${newest.id}/files`;
    const absolute = pathOf(request).replace(/latest\.html$/, `${files}/`);
    const html = mailHtml(message, files);
    reply.header('content-type', HTML);
    reply.header('content-security-policy', mailPolicy(hostOf(request) ?? '', absolute, false));
    return html;
  }
}

/** Fires when the client has gone. Fastify's response holds Node's own. */
function goneOf(reply: InboxReply & InboxConnection): Observable<unknown> {
  const response = reply.raw ?? reply;
  return new Observable((subscriber) => {
    response.once('close', () => subscriber.next(undefined));
  });
}
