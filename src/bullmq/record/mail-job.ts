import type { Job, JobState } from 'bullmq';
import type { AttemptRecord, QueueEntry, QueueState } from '../../queue/mail-queue.js';
import { attemptOf, type LogEntry, readLog } from './attempt-log.js';
import { mailIdOf } from './mail-queue-name.js';
import { decodeMail, type StoredMail } from './stored-mail.js';

/**
 * What BullMQ has no field for, kept as the progress of a job: it is small, and comes and goes with the job.
 * Times in milliseconds since 1970.
 */
export interface Note {
  /** When a mail that was given back, or is to be tried again, is due; as long as the log has `after` entries. */
  readonly dueAt?: number;
  readonly after?: number;
  /** The Date of a mail that was given none, when it is tried before it was due. */
  readonly date?: number;
  /** Until when a mail that was made to wait again is tried; and how many entries its log had then. */
  readonly expiresAt?: number;
  readonly retried?: number;
}

/** A job of BullMQ, read as the mail it holds. */
export class MailJob {
  readonly mailer: string;
  readonly jobId: string;
  readonly job: Job<unknown, unknown>;
  readonly mail: StoredMail;
  /** The last entry with which it was given up, if nothing came after it. */
  readonly end: LogEntry | undefined;
  readonly #log: readonly LogEntry[] | undefined;

  /** @throws {Error} when its data hold no mail */
  constructor(mailer: string, jobId: string, job: Job<unknown, unknown>) {
    this.mailer = mailer;
    this.jobId = jobId;
    this.job = job;
    this.mail = decodeMail(job.data);
    const stacktrace = job.stacktrace ?? [];
    const last = readable(() => readLog(stacktrace.slice(-1), 0))?.[0];
    this.end = last?.state === 'waiting' ? undefined : last;
    // A mail that was sent is told of by its data: each of its attempts is counted, and the last one left no stack.
    const counted = this.mail.sent || job.returnvalue ? 0 : job.attemptsMade;
    this.#log = readable(() => readLog(stacktrace, counted));
  }

  get id(): string {
    return mailIdOf(this.mailer, this.jobId);
  }

  /** @throws {Error} when what became of the recipients cannot be read */
  get log(): readonly LogEntry[] {
    if (this.#log) return this.#log;
    throw new TypeError('what became of its recipients cannot be read');
  }

  /** Entries up to the one with which the mail was given up; what they say against recipients is forgiven by a retry. */
  get #ended(): readonly LogEntry[] {
    return this.log.slice(0, this.log.findLastIndex(({ state }) => state !== 'waiting') + 1);
  }

  get note(): Note {
    const { progress } = this.job;
    return typeof progress === 'object' ? progress : {};
  }

  get attempts(): readonly AttemptRecord[] {
    return this.log.flatMap(({ attempt }) => attempt ?? []);
  }

  /** How many of the first attempts' refusals do not count any more. */
  get forgiven(): number {
    return this.#ended.filter(({ attempt }) => attempt).length;
  }

  /** Attempts begun since it was queued or made to wait again; the one that is asked for is one more. */
  get begun(): number {
    const ended = this.#ended;
    return this.log.length - ended.length + this.job.stalledCounter - (ended.at(-1)?.stalled ?? 0);
  }

  get crashes(): number {
    return this.job.stalledCounter - (this.log.at(-1)?.stalled ?? 0);
  }

  /** Whether an attempt was ever begun that may have reached somebody. */
  get isTried(): boolean {
    return this.job.stalledCounter > 0 || this.attempts.length > 0;
  }

  /** Of the message, when it is not the one it was queued with. */
  get date(): number | undefined {
    return this.log.find(({ date }) => date !== undefined)?.date ?? this.note.date;
  }

  get expiresAt(): number {
    return this.note.expiresAt ?? this.mail.expiresAt;
  }

  get dueAt(): number {
    const noted = this.note.after === this.#log?.length ? this.note.dueAt : undefined;
    return noted ?? this.#log?.at(-1)?.dueAt ?? this.mail.dueAt;
  }

  /** @param place where BullMQ has it */
  stateIn(place: JobState): QueueState {
    if (place === 'completed') return 'sent';
    if (place === 'active') return 'sending';
    if (place !== 'failed') return 'waiting';
    // Another worker may have failed it, for reasons of its own.
    const { end } = this;
    const reason: unknown = Reflect.get(this.job, 'failedReason');
    const isOurs = end && typeof reason === 'string' && reason.startsWith(`${end.state}:`);
    return isOurs ? end.state : 'dead';
  }

  entryIn(place: JobState, now: Date): QueueEntry {
    // What BullMQ holds no longer back is due, also when a dashboard promoted it.
    const dueAt = place === 'delayed' ? this.dueAt : Math.min(this.dueAt, now.getTime());
    const last = this.mail.sent ?? this.job.returnvalue;
    const sent = readable(() => [attemptOf(last)]) ?? [];
    const attempts = [...(readable(() => this.attempts) ?? []), ...sent];
    return entryOf(this.mailer, this.jobId, this.mail, {
      state: this.stateIn(place),
      dueAt,
      expiresAt: this.expiresAt,
      attempts,
    });
  }
}

export interface MailFate {
  readonly state: QueueState;
  readonly dueAt: number;
  readonly expiresAt: number;
  readonly attempts: readonly AttemptRecord[];
}

export function entryOf(mailer: string, jobId: string, mail: StoredMail, fate: MailFate): QueueEntry {
  const { messageId, subject, template, envelope } = mail.message;
  return {
    id: mailIdOf(mailer, jobId),
    state: fate.state,
    mailer,
    messageId,
    to: envelope.to,
    subject,
    ...(template !== undefined && { template }),
    priority: mail.priority,
    queuedAt: new Date(mail.queuedAt),
    dueAt: new Date(fate.dueAt),
    expiresAt: new Date(fate.expiresAt),
    attempts: fate.attempts,
  };
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
