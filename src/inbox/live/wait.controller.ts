import { Inject } from '@nestjs/common';
import { Observable } from 'rxjs';
import { mailHtml, mailPolicy } from '../messages/mail-html.js';
import { numberOf, parseQuery, textOf } from '../messages/message-query.js';
import { MessageReader } from '../messages/message-reader.js';
import type { MessageView } from '../messages/message-view.js';
import { QUERY_NAMES } from '../messages/query-names.js';
import { Answer } from '../routing/answer.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { HTML, type InboxReply, type InboxRequest, nodeResponseOf, pathOf } from '../safety/http.js';
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
  async wait({ query: parameters }: InboxRequest, reply: InboxReply): Promise<MessageView> {
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
  async latest(request: InboxRequest): Promise<Answer> {
    checkParameters(request.query, QUERY_NAMES);
    const [newest] = await this.#reader.find(parseQuery(request.query));
    if (!newest) throw refusal(404, 'There is no such message.');
    const { message } = await this.#reader.content(newest.id);
    const files = `messages/${newest.id}/files`;
    const absolute = pathOf(request).replace(/latest\.html$/, `${files}/`);
    const html = mailHtml(message, files);
    const policy = mailPolicy(hostOf(request) ?? '', absolute, false);
    return new Answer(html, { 'content-type': HTML, 'content-security-policy': policy });
  }
}

/** Fires when the client has gone. */
function goneOf(reply: InboxReply): Observable<unknown> {
  const response = nodeResponseOf(reply);
  return new Observable((subscriber) => {
    response.once('close', () => subscriber.next(undefined));
  });
}
