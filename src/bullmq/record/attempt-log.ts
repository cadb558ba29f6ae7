import type { AttemptRecord } from '../../queue/mail-queue.js';

/** How a claim ended that did not end as sent. */
export interface LogEntry {
  readonly state: 'waiting' | 'dead' | 'ambiguous' | 'expired' | 'corrupt';
  /** How often BullMQ had found the job stalled by then. */
  readonly stalled: number;
  /** Milliseconds since 1970, of a mail that waits again. */
  readonly dueAt?: number | undefined;
  /** The Date of the message, of a mail that was given none: the first attempt fixes it. */
  readonly date?: number | undefined;
  readonly attempt?: AttemptRecord | undefined;
}

/** Between what people read and what this module reads. */
const MARK = '\n    nest-mailroom ';

/**
 * The error a claim ends with. BullMQ writes its message and its stack down with the move of the job, all or
 * nothing: that makes the stack the one place where an attempt is recorded, and dashboards show it.
 */
export class LoggedEnd extends Error {
  constructor(entry: LogEntry, reason: string) {
    super(`${entry.state}: ${reason}`);
    this.stack = `${this.message}${MARK}${JSON.stringify(entry)}`;
  }
}

/**
 * The entries of a job's stack trace, the oldest first. Other workers may have added errors of their own.
 * @throws {Error} when it cannot be read: nobody can say then who has got the mail
 */
export function readLog(stacktrace: readonly unknown[], attemptsMade: number): readonly LogEntry[] {
  // Every attempt that BullMQ counts has left its stack; a trace that cannot be parsed shows as empty.
  if (stacktrace.length < attemptsMade) throw unreadable();
  return stacktrace.flatMap((stack) => {
    const text = typeof stack === 'string' ? stack : '';
    const at = text.lastIndexOf(MARK);
    return at < 0 ? [] : [entryOf(JSON.parse(text.slice(at + MARK.length)))];
  });
}

function entryOf(value: unknown): LogEntry {
  if (!isEntry(value)) throw unreadable();
  return value.attempt === undefined ? value : { ...value, attempt: attemptOf(value.attempt) };
}

/** @throws {Error} when it is no record of an attempt */
export function attemptOf(stored: unknown): AttemptRecord {
  if (!isAttempt(stored)) throw unreadable();
  return { ...stored, startedAt: new Date(stored.startedAt) };
}

function isEntry(value: unknown): value is LogEntry {
  return typeof value === 'object' && value !== null && 'state' in value && 'stalled' in value;
}

function isAttempt(
  value: unknown,
): value is Omit<AttemptRecord, 'startedAt'> & { readonly startedAt: string | Date } {
  if (typeof value !== 'object' || value === null || !('startedAt' in value)) return false;
  return (
    'accepted' in value &&
    Array.isArray(value.accepted) &&
    'rejected' in value &&
    Array.isArray(value.rejected)
  );
}

function unreadable(): TypeError {
  return new TypeError('what became of its recipients cannot be read');
}
