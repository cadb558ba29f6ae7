import type { Job } from 'bullmq';
import { messageOf } from '../errors/mail-error.js';
import type { RenderedMessage } from '../message/message.js';
import type { Claim } from '../queue/mail-queue.js';
import { pinOf, remainingOf } from '../queue/record/outcomes.js';
import type { Attachments } from './attachments.js';
import { MailJob, type Note } from './record/mail-job.js';
import { decodeMessage } from './record/stored-mail.js';

/** A job that BullMQ handed out, read as a mail. */
export interface OpenedMail {
  readonly mail: MailJob;
  /** What the claim changes about the mail, to be noted before it is delivered. */
  readonly changes: Note;
  /** Undefined for a mail that is sent. */
  readonly claim: Claim | undefined;
}

class StoreFault extends Error {}

/**
 * Reads the mail of a job, or says why it cannot be read.
 * @throws {Error} the fault of Redis when an attachment cannot be read for now
 */
export async function openMail(
  mailer: string,
  job: Job<unknown, unknown>,
  attachments: Attachments,
  now: Date,
): Promise<OpenedMail | string> {
  try {
    const mail = new MailJob(mailer, job.id ?? '', job);
    if (mail.mail.sent) return { mail, changes: {}, claim: undefined };
    const message = await messageIn(mail, attachments);
    const changes = changesOf(mail, message, now);
    return { mail, changes, claim: claimOf(mail, message, changes) };
  } catch (error) {
    // That is no fault of the mail.
    if (error instanceof StoreFault) throw error.cause;
    return messageOf(error);
  }
}

function messageIn({ mail }: MailJob, attachments: Attachments): Promise<RenderedMessage> {
  return decodeMessage(mail, async (digest) => {
    const bytes = await attachments.read(digest).catch((cause: unknown) => {
      throw new StoreFault('Redis cannot be read', { cause });
    });
    if (!bytes) throw new Error('an attachment of it is missing');
    return bytes;
  });
}

function changesOf(mail: MailJob, message: RenderedMessage, now: Date): Note {
  const { hasDefaultDate, dueAt, expiresAt } = mail.mail;
  const time = now.getTime();
  const isEarly = hasDefaultDate && !mail.isTried && time < (mail.date ?? message.date.getTime());
  // Not by this module, which would have noted until when: it lives as long again as it was to.
  const isRetried = mail.end && mail.note.retried !== mail.log.length;
  return {
    ...(isEarly && { date: time }),
    ...(isRetried && { retried: mail.log.length, expiresAt: time + expiresAt - dueAt }),
  };
}

function claimOf(mail: MailJob, message: RenderedMessage, changes: Note): Claim {
  const { hasDefaultDate, priority, queuedAt, hasDefaultExpiry } = mail.mail;
  const fixed = changes.date ?? mail.date;
  const date = hasDefaultDate && fixed !== undefined ? new Date(fixed) : message.date;
  const retriedUntil = changes.expiresAt ?? mail.note.expiresAt;
  return {
    id: mail.id,
    message: { ...message, date },
    priority,
    remaining: remainingOf(message, mail.attempts, mail.forgiven),
    attempt: mail.begun + 1,
    crashes: mail.crashes,
    queuedAt: new Date(queuedAt),
    expiresAt: new Date(retriedUntil ?? mail.mail.expiresAt),
    hasDefaultExpiry: retriedUntil !== undefined || hasDefaultExpiry === true,
    pinnedTo: pinOf(mail.attempts.slice(mail.forgiven)),
  };
}
