import { Inject } from '@nestjs/common';
import type { MailQueueService } from '../../mail.queue.service.js';
import { isQueueState, QUEUE_STATES } from '../../queue/record/queue-record.js';
import { MailroomView } from '../mailroom-view.js';
import { textOf } from '../messages/message-query.js';
import { InboxController } from '../routing/inbox-controller.js';
import { Get, Post } from '../routing/route.js';
import { type InboxRequest, parameterOf } from '../safety/http.js';
import { refusal } from '../safety/refusal.js';
import { queueOf } from './inbox-queue.js';
import { QueueEvents } from './queue-events.js';
import { QueueNotes } from './queue-notes.js';
import { type QueueCursor, type QueuePage, queuePage, readCursor } from './queue-view.js';

@InboxController('api/queue')
export class QueueController {
  readonly #mailroom: MailroomView;
  readonly #events: QueueEvents;
  readonly #notes: QueueNotes;

  constructor(
    @Inject(MailroomView) mailroom: MailroomView,
    @Inject(QueueEvents) events: QueueEvents,
    @Inject(QueueNotes) notes: QueueNotes,
  ) {
    this.#mailroom = mailroom;
    this.#events = events;
    this.#notes = notes;
  }

  @Get()
  page({ query: parameters }: InboxRequest): Promise<QueuePage> {
    const state = textOf(parameters, 'state');
    if (state !== undefined && !isQueueState(state)) {
      throw refusal(400, `state: expected one of ${QUEUE_STATES.join(', ')}.`);
    }
    const captures = (mailer: string): boolean => this.#mailroom.captures(mailer);
    return queuePage(this.#queue(), captures, { state }, cursorOf(textOf(parameters, 'before')));
  }

  @Post('pause')
  pause(): void {
    this.#queue().pause();
    this.#events.changed();
  }

  @Post('resume')
  resume(): void {
    this.#queue().resume();
    this.#events.changed();
  }

  @Post(':id/retry')
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

  @Post(':id/cancel')
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
    const queue = queueOf(this.#mailroom);
    if (queue) return queue;
    throw refusal(404, 'There is no MailModule in this application.');
  }
}

function cursorOf(text: string | undefined): QueueCursor | undefined {
  if (text === undefined) return undefined;
  const cursor = readCursor(text);
  if (cursor) return cursor;
  throw refusal(400, 'before: expected what `next` of the page before said.');
}
