import { parseDate } from '../message/values/date.js';
import { type FieldRules, isObject, readFields } from '../message/values/fields.js';
import { parseLine } from '../message/values/line.js';
import { invalid } from '../message/values/refusal.js';
import { show } from '../errors/show.js';
import type { MailPriority, NewMail } from './mail-queue.js';
import { isExecutor, type SqlExecutor } from './outbox/sql-executor.js';
import { PRIORITIES } from './record/queue-record.js';

/** How one mail is queued. */
export interface QueueOptions {
  /** Milliseconds from now before the first attempt. @default 0 */
  readonly delay?: number | undefined;
  /** Time before which the mail is not sent; instead of `delay`. */
  readonly sendAt?: Date | undefined;
  /**
   * The mail expires then, even if it was never tried because its server or the application was down. A mail with the
   * default is tried at least once. @default 48 hours after the first attempt is due
   */
  readonly expiresAt?: Date | undefined;
  /** @default 'normal' */
  readonly priority?: MailPriority | undefined;
  /** A later mail of the mailer with the same key returns the first mail, unless that was cancelled; 1 to 255 characters. */
  readonly idempotencyKey?: string | undefined;
  /**
   * Your open transaction. The mail is written in it, into the table of `queue.outbox`, and queued shortly after the
   * commit; a rollback removes it. The returned id is that of its row; `mail.queued` tells the id in the queue.
   */
  readonly via?: SqlExecutor | undefined;
}

/** The checked `QueueOptions`. */
export interface QueueRequest {
  readonly schedule: Omit<NewMail, 'message'>;
  readonly via: SqlExecutor | undefined;
}

const RULES: FieldRules<keyof QueueOptions> = {
  known: ['delay', 'sendAt', 'expiresAt', 'priority', 'idempotencyKey', 'via'],
  renamed: new Map([
    ['jobId', 'idempotencyKey'],
    ['attempts', 'expiresAt'],
    ['transaction', 'via'],
  ]),
};
/** Milliseconds for which a mail is tried by default. */
export const LIFETIME_MS = 48 * 3_600_000;
/** Ten years: a longer delay is a mistake of units. */
const LONGEST_DELAY_MS = 10 * 366 * 24 * 3_600_000;
const MAX_KEY = 255;

/**
 * Reads when a mail may be tried, in which lane, and until when.
 * @throws {MailError} `message-invalid`
 */
export function readQueueOptions(options: QueueOptions, now: Date): QueueRequest {
  if (!isObject(options)) {
    throw invalid({ field: 'options', expected: 'an object', found: show(options) });
  }
  const fields = readFields(options, 'options', RULES);
  if (fields.has('delay') && fields.has('sendAt')) {
    throw invalid({ field: 'options.sendAt', expected: 'delay or sendAt', found: 'both' });
  }
  const dueAt = fields.has('sendAt')
    ? parseDate(fields.get('sendAt'), 'options.sendAt')
    : new Date(now.getTime() + readDelay(fields.get('delay') ?? 0));
  const schedule = {
    dueAt,
    expiresAt: readExpiry(fields.get('expiresAt'), dueAt, now),
    priority: readPriority(fields.get('priority') ?? 'normal'),
    ...(fields.has('sendAt') && { isDated: true }),
    ...(!fields.has('expiresAt') && { hasDefaultExpiry: true }),
    ...(fields.has('idempotencyKey') && { idempotencyKey: readKey(fields.get('idempotencyKey')) }),
  };
  return { schedule, via: readVia(fields.get('via')) };
}

function readVia(value: unknown): SqlExecutor | undefined {
  if (value === undefined || isExecutor(value)) return value;
  const expected = '{ execute(sql, values) } of an open transaction';
  throw invalid({ field: 'options.via', expected, found: show(value) });
}

function readDelay(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value <= LONGEST_DELAY_MS) return value;
  const expected = `milliseconds from 0 to ${LONGEST_DELAY_MS}`;
  throw invalid({ field: 'options.delay', expected, found: show(value) });
}

function readExpiry(value: unknown, dueAt: Date, now: Date): Date {
  const first = Math.max(dueAt.getTime(), now.getTime());
  if (value === undefined) return new Date(first + LIFETIME_MS);
  const expiresAt = parseDate(value, 'options.expiresAt');
  if (expiresAt.getTime() > first) return expiresAt;
  throw invalid({
    field: 'options.expiresAt',
    expected: 'a time after the first attempt is due',
    found: expiresAt.toISOString(),
  });
}

function readKey(value: unknown): string {
  const key = parseLine(value, 'options.idempotencyKey', MAX_KEY);
  if (key !== '') return key;
  throw invalid({ field: 'options.idempotencyKey', expected: 'at least one character', found: show(key) });
}

function readPriority(value: unknown): MailPriority {
  const priority = PRIORITIES.find((candidate) => candidate === value);
  if (priority) return priority;
  throw invalid({
    field: 'options.priority',
    expected: `one of ${PRIORITIES.join(', ')}`,
    found: show(value),
  });
}
