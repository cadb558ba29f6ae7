import type { MailQueueService } from '../../mail.queue.service.js';
import { isQueueState, QUEUE_STATES } from '../../queue/record/queue-record.js';
import { type QueuePage, queuePage } from '../api/queue.js';
import { refusal } from '../http/reply.js';
import { type InboxRequest, parameterOf, textOf } from '../http/request.js';
import { MailroomView, noMailModule } from '../mailroom-view.js';
import { type InboxFeature, InboxController, Get, Post } from '../routing/inbox-controller.js';
import { OperatorActions } from '../timeline/timeline.js';
import { QueueEvents } from './queue-events.js';
import { pageOf, readCursor } from './queue-view.js';
import { QueuePoller } from './queue-poller.js';

@InboxController('api/queue')
export class QueueController {
  readonly #mailroom: MailroomView;
  readonly #events: QueueEvents;
  readonly #actions: OperatorActions;

  constructor(mailroom: MailroomView, events: QueueEvents, actions: OperatorActions) {
    this.#mailroom = mailroom;
    this.#events = events;
    this.#actions = actions;
  }

  @Get('', {
    summary: 'Lists the mails of the queue with their states, newest first',
    query: {
      state: QUEUE_STATES.join(', '),
      before: '`next` of the previous page',
    },
    answer: queuePage,
    refusals: [400, 404],
  })
  page({ query: parameters }: InboxRequest): Promise<QueuePage> {
    const state = textOf(parameters, 'state');
    if (state !== undefined && !isQueueState(state)) {
      throw refusal(400, `state: expected one of ${QUEUE_STATES.join(', ')}.`);
    }
    const captures = (mailer: string): boolean => this.#mailroom.captures(mailer);
    const before = textOf(parameters, 'before');
    const cursor = before === undefined ? undefined : readCursor(before);
    return pageOf(this.#queue(), captures, { state }, cursor);
  }

  @Post('pause', { summary: 'Pauses the queue: this process starts no further attempts', refusals: [404] })
  pause(): void {
    this.#queue().pause();
    this.#events.publishSoon();
  }

  @Post('resume', { summary: 'Resumes the queue', refusals: [404] })
  resume(): void {
    this.#queue().resume();
    this.#events.publishSoon();
  }

  @Post(':id/retry', {
    summary: 'Retries a mail that is dead or held; makes a waiting mail due now',
    refusals: [404],
  })
  async retry(request: InboxRequest): Promise<void> {
    const id = parameterOf(request, 'id');
    const at = new Date();
    if ((await this.#queue().retry(id)) === 0) {
      throw refusal(
        404,
        'No such mail in the queue is waiting, held or dead. It may be in progress or done.',
      );
    }
    await this.#actions.retried(id, at);
    this.#events.publishSoon();
  }

  @Post(':id/cancel', { summary: 'Cancels a mail that is waiting or held', refusals: [404] })
  async cancel(request: InboxRequest): Promise<void> {
    const id = parameterOf(request, 'id');
    if ((await this.#queue().cancel(id)) === 0) {
      throw refusal(404, 'No such mail in the queue is waiting or held. It may be in progress or done.');
    }
    await this.#actions.cancelled(id, new Date());
    this.#events.publishSoon();
  }

  #queue(): MailQueueService {
    const { queue } = this.#mailroom;
    if (queue) return queue;
    throw noMailModule();
  }
}

export const QUEUE: InboxFeature = {
  controllers: [QueueController],
  providers: [QueueEvents, QueuePoller],
};
