import { MailQueueService } from '../../mail.queue.service.js';
import type { MailroomView } from '../mailroom-view.js';

/** Of the first mailroom there is: nearly every application has one. Undefined without any. */
export function queueOf({ rooms: [room] }: MailroomView): MailQueueService | undefined {
  return room && new MailQueueService(room.queueing);
}
