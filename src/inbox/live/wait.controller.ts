import { Observable } from 'rxjs';
import { type MessageView, messageView } from '../api/messages.js';
import { type InboxReply, nodeResponseOf, refusal } from '../http/reply.js';
import { checkParameters, type InboxRequest, numberOf, pathOf, textOf } from '../http/request.js';
import { mailAnswer, mailHtml } from '../messages/mail-html.js';
import { FILTER_PARAMETERS, parseQuery, FILTER_NAMES } from '../messages/message-query.js';
import { MessageReader } from '../messages/message-reader.js';
import type { RawAnswer } from '../routing/answer.js';
import { InboxController, Get } from '../routing/inbox-controller.js';
import { MessageWait } from './message-wait.js';

/** Shorter than the test timeouts of Jest and Vitest (5 s), so that the test sees the 408 and its message. */
const DEFAULT_WAIT_MS = 4_000;
const MAX_WAIT_MS = 60_000;

/** Endpoints for tests. */
@InboxController('api')
export class WaitController {
  readonly #reader: MessageReader;
  readonly #wait: MessageWait;

  constructor(reader: MessageReader, wait: MessageWait) {
    this.#reader = reader;
    this.#wait = wait;
  }

  @Get('wait', {
    summary:
      'Waits for the first matching mail after `after`; without `after` returns the newest, if there is one',
    query: {
      ...FILTER_PARAMETERS,
      after: 'Id of a mail, also of a removed one, or a time (ISO 8601)',
      timeout: 'Milliseconds, up to 60000; 4000 by default',
    },
    answer: messageView,
    refusals: [400, 408],
  })
  async wait({ query: parameters }: InboxRequest, reply: InboxReply): Promise<MessageView> {
    checkParameters(parameters, [...FILTER_NAMES, 'after', 'timeout']);
    const timeout = numberOf(parameters, 'timeout', DEFAULT_WAIT_MS, MAX_WAIT_MS);
    const query = parseQuery(parameters);
    const after = textOf(parameters, 'after');
    const mail = await this.#wait.next({ query, after, timeout, disconnected: disconnectOf(reply) });
    if (mail) return this.#reader.view(mail.id);
    throw refusal(408, `No such message within ${timeout} ms.`);
  }

  @Get('latest.html', {
    summary: 'Returns the html of the newest matching mail',
    query: FILTER_PARAMETERS,
    answer: 'text/html',
    refusals: [400, 404],
  })
  async latest(request: InboxRequest): Promise<RawAnswer> {
    checkParameters(request.query, FILTER_NAMES);
    const [newest] = await this.#reader.find(parseQuery(request.query));
    if (!newest) throw refusal(404, 'There is no such message.');
    const { message } = await this.#reader.content(newest.id);
    const files = `messages/${newest.id}/files`;
    const absolute = pathOf(request).replace(/latest\.html$/, `${files}/`);
    return mailAnswer(mailHtml(message, files), request, absolute);
  }
}

/** Fires when the client has disconnected. */
function disconnectOf(reply: InboxReply): Observable<unknown> {
  const response = nodeResponseOf(reply);
  return new Observable((subscriber) => {
    response.once('close', () => subscriber.next(undefined));
  });
}
