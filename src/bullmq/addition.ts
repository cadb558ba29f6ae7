import { createHash, randomUUID } from 'node:crypto';
import type { JobJson } from 'bullmq';
import type { MailPriority, NewMail, QueuedMail } from '../queue/mail-queue.js';
import { mailIdOf } from './record/mail-queue-name.js';
import type { BullMqCommand, RedisStore } from './redis/redis-store.js';
import { listOf, numberOf, textOf } from './redis/reply.js';
import { delayed } from './settlement.js';
import { decodeMail, encodeMail } from './record/stored-mail.js';

/** BullMQ's: 1 goes first. */
const PRIORITIES: Readonly<Record<MailPriority, number>> = { high: 1, normal: 2, low: 3 };

/** Adds a mail, or finds the one that has its key: one script decides. */
export async function addMail(store: RedisStore, mail: NewMail, now: Date): Promise<QueuedMail> {
  const { mailer, messageId } = mail.message;
  const jobId = jobIdOf(mail);
  const due = Math.trunc(mail.dueAt.getTime());
  const { data, files } = encodeMail(mail, now);
  const job = jobJson(jobId, data, due, now.getTime(), PRIORITIES[mail.priority]);
  const reckoned = mail.isDated ? '' : now.getTime();
  const date = mail.hasDefaultDate ? mail.message.date.getTime() : '';
  const script = [mailer, jobId, due, reckoned, date, ...[...files].flat()];
  const command: BullMqCommand = (queue, pipeline) => {
    void queue.getBackend().addJobToTransaction(pipeline, job, jobId);
  };
  const first = await store.runWith(command, 'mail:add', mailer, script);
  const id = mailIdOf(mailer, jobId);
  if (!Array.isArray(first)) return { id, messageId, dueAt: new Date(due), duplicate: false };
  const [known, dueAt] = listOf(first);
  return {
    id,
    messageId: decodeMail(textOf(known) ?? '').message.messageId,
    dueAt: new Date(numberOf(dueAt)),
    duplicate: true,
  };
}

/** The same for the same key of a mailer, so that BullMQ itself takes it once. */
function jobIdOf({ message, idempotencyKey }: NewMail): string {
  if (idempotencyKey === undefined) return randomUUID();
  return createHash('sha256')
    .update(JSON.stringify([message.mailer, idempotencyKey]))
    .digest('base64url');
}

/**
 * Every mail begins as a delayed job, also one that is due: BullMQ moves those into their lanes by due time,
 * where it would keep mails that are added at once in the order they came.
 */
function jobJson(id: string, data: string, due: number, now: number, priority: number): JobJson {
  const [timestamp, delay] = due > now ? [now, due - now] : delayed(due);
  return {
    id,
    name: 'mail',
    data,
    opts: { jobId: id, priority, delay, timestamp },
    progress: 0,
    attemptsMade: 0,
    attemptsStarted: 0,
    timestamp,
    delay,
    priority,
    failedReason: '',
    returnvalue: '',
    stalledCounter: 0,
  };
}
