import type { AttemptRecord, QueueEntry, QueueState } from '../../queue/mail-queue.js';
import { mailIdOf } from './mail-queue-name.js';
import { dateOf, listOf, numberOf, textOf } from '../redis/reply.js';
import { decodeMail, labelOf } from './stored-mail.js';

/** A mail as a look at the store finds it. */
export interface StoredEntry {
  readonly jobId: string;
  readonly entry: QueueEntry;
  /** Rises in the order mails came, over all queues. */
  readonly order: number;
  /** Its data without the body. */
  readonly label: string;
}

const STATES: ReadonlySet<string> = new Set<QueueState>([
  'waiting',
  'sending',
  'sent',
  'dead',
  'ambiguous',
  'expired',
  'cancelled',
  'corrupt',
]);

/** One item of what `mail:read` answers; undefined when there is no such mail, or none that can be read. */
export function storedEntry(reply: unknown, mailer: string): StoredEntry | undefined {
  const [jobId, data, due, expires, attempts, state, order] = listOf(reply);
  const [id, text] = [textOf(jobId), textOf(data)];
  if (id === undefined || text === undefined || !isState(state)) return undefined;
  const stored = readable(() => decodeMail(text));
  if (!stored) return undefined;
  const { message, priority, queuedAt, dueAt, expiresAt } = stored;
  const { messageId, subject, template, envelope } = message;
  const entry: QueueEntry = {
    id: mailIdOf(mailer, id),
    state,
    mailer,
    messageId,
    to: envelope.to,
    subject,
    ...(template !== undefined && { template }),
    priority,
    queuedAt: new Date(queuedAt),
    dueAt: dateOf(due) ?? new Date(dueAt),
    expiresAt: dateOf(expires) ?? new Date(expiresAt),
    attempts: readable(() => attemptsOf(attempts)) ?? [],
  };
  return { jobId: id, entry, order: numberOf(order), label: labelOf(stored) };
}

/**
 * The timeline that is kept as JSON.
 * @throws {Error} when it cannot be read: nobody can say then who has got the mail
 */
export function attemptsOf(reply: unknown): readonly AttemptRecord[] {
  const attempts: unknown = JSON.parse(textOf(reply) ?? '[]');
  if (Array.isArray(attempts)) return attempts.map(attemptOf);
  throw new TypeError('what became of its recipients cannot be read');
}

function attemptOf(stored: unknown): AttemptRecord {
  if (isStoredAttempt(stored)) return { ...stored, startedAt: new Date(stored.startedAt) };
  throw new TypeError('what became of its recipients cannot be read');
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function isState(value: unknown): value is QueueState {
  return typeof value === 'string' && STATES.has(value);
}

function isStoredAttempt(
  value: unknown,
): value is Omit<AttemptRecord, 'startedAt'> & { readonly startedAt: string } {
  if (typeof value !== 'object' || value === null || !('startedAt' in value)) return false;
  return (
    'accepted' in value &&
    Array.isArray(value.accepted) &&
    'rejected' in value &&
    Array.isArray(value.rejected)
  );
}
