import { DEFAULT_MAILER } from '../../mail.tokens.js';

/** Name of the BullMQ queue of a mailer's mails, e.g. for `@InjectQueue(getMailQueueName('marketing'))`. */
export function getMailQueueName(mailer: string = DEFAULT_MAILER): string {
  // BullMQ keeps the colon for itself.
  return `mail-${encodeURIComponent(mailer)}`;
}

/** A job's id is unique in its queue only. */
export function mailIdOf(mailer: string, jobId: string): string {
  return `${encodeURIComponent(mailer)}.${jobId}`;
}

export interface MailPlace {
  readonly mailer: string;
  readonly jobId: string;
}

/** The place of a mail; undefined for an id that this queue never gave. */
export function mailPlace(id: string): MailPlace | undefined {
  const dot = id.lastIndexOf('.');
  const jobId = id.slice(dot + 1);
  if (dot < 1 || jobId === '' || jobId.includes(':')) return undefined;
  try {
    return { mailer: decodeURIComponent(id.slice(0, dot)), jobId };
  } catch {
    return undefined;
  }
}
