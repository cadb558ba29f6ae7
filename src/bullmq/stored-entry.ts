import type { AttemptRecord, QueueEntry, QueueState } from '../queue/mail-queue.js';
import { mailIdOf } from './mail-queue-name.js';
import { dateOf, listOf, numberOf, textOf } from './reply.js';
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
  const stored = readable(text);
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
    attempts: attemptsOf(attempts),
  };
  return { jobId: id, entry, order: numberOf(order), label: labelOf(stored) };
}

/** The timeline that is kept as JSON; nothing for what cannot be read. */
export function attemptsOf(reply: unknown): readonly AttemptRecord[] {
  const attempts: unknown = JSON.parse(textOf(reply) ?? '[]');
  return Array.isArray(attempts) ? attempts.flatMap(attemptOf) : [];
}

function attemptOf(stored: unknown): AttemptRecord[] {
  return isStoredAttempt(stored) ? [{ ...stored, startedAt: new Date(stored.startedAt) }] : [];
}

function readable(data: string): ReturnType<typeof decodeMail> | undefined {
  try {
    return decodeMail(data);
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
  return typeof value === 'object' && value !== null && 'startedAt' in value && 'accepted' in value;
}
