import { Observable } from 'rxjs';
import { type MessageView, messageView } from '../api/messages.js';
import { refusal } from '../http/refusal.js';
import { HTML, type InboxReply, nodeResponseOf } from '../http/reply.js';
import { checkParameters, type InboxRequest, numberOf, pathOf, textOf } from '../http/request.js';
import { mailHtml, mailPolicy } from '../messages/mail-html.js';
import { MATCHING, parseQuery, QUERY_NAMES } from '../messages/message-query.js';
import { MessageReader } from '../messages/message-reader.js';
import { Answer } from '../routing/answer.js';
import type { InboxFeature } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get } from '../routing/route.js';
import { hostOf } from '../safety/own-host.js';
import { Closing } from './closing.js';
import { EventsController } from './events.controller.js';
import { LiveEvents } from './live-events.js';
import { MessageWait } from './message-wait.js';
import { StoreEvents } from './store-events.js';

/** Shorter than Jest and Vitest let a test take: the answer is to say what was wrong. */
const WAIT_MS = 4_000;
const LONGEST_MS = 60_000;

/** What a test asks for first. */
@InboxController('api')
export class WaitController {
  readonly #reader: MessageReader;
  readonly #wait: MessageWait;

  constructor(reader: MessageReader, wait: MessageWait) {
    this.#reader = reader;
    this.#wait = wait;
  }

  @Get('wait', {
    summary: 'The first mail after `after` that matches, waiting for it; without `after` the newest there is',
    query: {
      ...MATCHING,
      after: 'Id of a mail, here or removed since, or a time (ISO 8601)',
      timeout: 'Milliseconds, up to 60000; 4000 without it',
    },
    answer: messageView,
    refusals: [400, 408],
  })
  async wait({ query: parameters }: InboxRequest, reply: InboxReply): Promise<MessageView> {
    checkParameters(parameters, [...QUERY_NAMES, 'after', 'timeout']);
    const timeout = numberOf(parameters, 'timeout', WAIT_MS, LONGEST_MS);
    const query = parseQuery(parameters);
    const after = textOf(parameters, 'after');
    const mail = await this.#wait.next({ query, after, timeout, gone: goneOf(reply) });
    if (mail) return this.#reader.view(mail.id);
    throw refusal(408, `No such message within ${timeout} ms.`);
  }

  @Get('latest.html', {
    summary: 'The html of the newest mail that matches',
    query: MATCHING,
    answer: 'text/html',
    refusals: [400, 404],
  })
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

export const LIVE: InboxFeature = {
  controllers: [WaitController, EventsController],
  providers: [Closing, LiveEvents, MessageWait, StoreEvents],
};
