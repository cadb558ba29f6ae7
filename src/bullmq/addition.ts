import { createHash } from 'node:crypto';
import type { MailPriority, NewMail, QueuedMail } from '../queue/mail-queue.js';
import { neederOf } from './prune.js';
import { mailIdOf } from './record/mail-queue-name.js';
import { encodeMail } from './record/stored-mail.js';
import type { RedisStore } from './redis/redis-store.js';

/** BullMQ's: 1 goes first. */
const PRIORITIES: Readonly<Record<MailPriority, number>> = { high: 1, normal: 2, low: 3 };

/** Adds a mail, or finds the one that has its key. */
export async function addMail(store: RedisStore, mail: NewMail, now: Date): Promise<QueuedMail> {
  const { mailer, messageId } = mail.message;
  const { data, files } = encodeMail(mail, now);
  const { ref, dueAt } = data;
  const lane = await store.lane(mailer);
  const jobId = jobIdOf(mail, ref);
  const id = mailIdOf(mailer, jobId);
  const needer = neederOf(id, ref);
  await Promise.all([store.enlist(lane), store.attachments.keep(files, needer, now)]);
  // Every mail begins as a delayed job, also one that is due: BullMQ moves those into their lanes by due time,
  // where it would keep mails that are added at once in the order they came.
  const isLater = dueAt > now.getTime();
  const [timestamp, delay] = isLater ? [now.getTime(), dueAt - now.getTime()] : [dueAt - 1, 1];
  const job = { ...JOB, jobId, priority: PRIORITIES[mail.priority], timestamp, delay };
  // When this fails, the mail may be queued all the same, and need its attachments: `prune` removes them if it is not.
  await lane.queue.add('mail', data, job);
  const first = mail.idempotencyKey === undefined ? undefined : await lane.read(jobId);
  if (!first || first.mail.ref === ref) return { id, messageId, dueAt: new Date(dueAt), duplicate: false };
  await store.attachments.release(data.files, needer);
  return { id, messageId: first.mail.message.messageId, dueAt: new Date(first.dueAt), duplicate: true };
}

/** What became of a mail is kept as long as the options of this module say, whatever those of other workers are. */
const JOB = { attempts: 1, removeOnComplete: false, removeOnFail: false } as const;

/** The same for the same key of a mailer, so that BullMQ takes it once. */
function jobIdOf({ message, idempotencyKey }: NewMail, ref: string): string {
  if (idempotencyKey === undefined) return ref;
  return createHash('sha256')
    .update(JSON.stringify([message.mailer, idempotencyKey]))
    .digest('base64url');
}
