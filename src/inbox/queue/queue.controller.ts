import type { MailQueueService } from '../../mail.queue.service.js';
import { isQueueState, QUEUE_STATES } from '../../queue/record/queue-record.js';
import { type QueuePage, queuePage } from '../api/queue.js';
import { refusal } from '../http/refusal.js';
import { type InboxRequest, parameterOf, textOf } from '../http/request.js';
import { MailroomView, noMailModule } from '../mailroom-view.js';
import type { InboxFeature } from '../routing/feature.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get, Post } from '../routing/route.js';
import { TimelineNotes } from '../timeline/timeline-notes.js';
import { QueueEvents } from './queue-events.js';
import { pageOf, type QueueCursor, readCursor } from './queue-view.js';
import { QueueWatch } from './queue-watch.js';

@InboxController('api/queue')
export class QueueController {
  readonly #mailroom: MailroomView;
  readonly #events: QueueEvents;
  readonly #notes: TimelineNotes;

  constructor(mailroom: MailroomView, events: QueueEvents, notes: TimelineNotes) {
    this.#mailroom = mailroom;
    this.#events = events;
    this.#notes = notes;
  }

  @Get('', {
    summary: 'What waits in the queue, and what became of the rest, newest first',
    query: {
      state: QUEUE_STATES.join(', '),
      before: 'What `next` of the page before said',
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
    return pageOf(this.#queue(), captures, { state }, cursorOf(textOf(parameters, 'before')));
  }

  @Post('pause', { summary: 'This process begins no further mail', refusals: [404] })
  pause(): void {
    this.#queue().pause();
    this.#events.changed();
  }

  @Post('resume', { summary: 'It goes on', refusals: [404] })
  resume(): void {
    this.#queue().resume();
    this.#events.changed();
  }

  @Post(':id/retry', {
    summary: 'Tries a mail again that was given up or is held; now, one that waits',
    refusals: [404],
  })
  async retry(request: InboxRequest): Promise<void> {
    const id = parameterOf(request, 'id');
    const at = new Date();
    if ((await this.#queue().retry(id)) === 0) {
      throw refusal(
        404,
        'There is no such mail in the queue that waits, is held or was given up: it may be under way, or done.',
      );
    }
    await this.#notes.retried(id, at);
    this.#events.changed();
  }

  @Post(':id/cancel', { summary: 'Cancels a mail that waits or is held', refusals: [404] })
  async cancel(request: InboxRequest): Promise<void> {
    const id = parameterOf(request, 'id');
    if ((await this.#queue().cancel(id)) === 0) {
      throw refusal(
        404,
        'There is no such mail in the queue that waits or is held: it may be under way, or done.',
      );
    }
    await this.#notes.cancelled(id, new Date());
    this.#events.changed();
  }

  #queue(): MailQueueService {
    const { queue } = this.#mailroom;
    if (queue) return queue;
    throw noMailModule();
  }
}

function cursorOf(text: string | undefined): QueueCursor | undefined {
  if (text === undefined) return undefined;
  const cursor = readCursor(text);
  if (cursor) return cursor;
  throw refusal(400, 'before: expected what `next` of the page before said.');
}

export const QUEUE: InboxFeature = {
  controllers: [QueueController],
  providers: [QueueEvents, QueueWatch],
};
