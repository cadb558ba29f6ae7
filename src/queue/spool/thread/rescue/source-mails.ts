import type { RenderedMessage } from '../../../../message/message.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { SqliteRow, SqliteValue } from '../../../sqlite/row.js';
import { FIRST_ENDED, PRIORITIES, SENDABLE, STATES, stateNumber } from '../../../record/queue-record.js';
import { decodeMessage } from '../../../record/message-bytes.js';
import { attemptFrom, storedAttempt } from '../../../record/stored-attempt.js';
import { BodyTable } from '../tables/bodies.js';
import { encryptSummary, summaryOf, UNREADABLE } from '../../../record/summary.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import { looseBodies, type ReadAt, type StoredBody } from './loose-bodies.js';
import { readableRows, unlessUnreadable } from './readable-rows.js';
import { Traces } from './traces.js';

const NUMBERS = [
  'state', 'priority', 'queued_at', 'due_at', 'ready_at', 'expires_at', 'ended_at', 'attempt', 'crashes', 'claim',
  'set_at', 'date_at', 'dated_by', 'default_expiry',
]; // prettier-ignore
const NULLABLE: ReadonlySet<string> = new Set(['ended_at', 'dated_by']);
/** The columns of a mail without its number. */
export const COLUMNS: readonly string[] = ['mailer', 'outcomes', 'key', 'label', ...NUMBERS];

const SELECTED = `seq, ${wholeColumns(...NUMBERS)}, ${byteColumns('mailer', 'outcomes', 'key', 'label')}`;

const NEED_BODY: ReadonlySet<unknown> = new Set(SENDABLE.map(stateNumber));

export type Columns = Readonly<Record<string, SqliteValue>>;

export interface SourceAttempt {
  readonly claim: number;
  readonly record: Uint8Array;
}

/** A mail as another spool can take it over. */
export interface SourceMail {
  readonly seq: number;
  readonly mailer: string;
  readonly key: Uint8Array | undefined;
  readonly columns: Columns;
  readonly body: StoredBody | undefined;
  readonly attempts: readonly SourceAttempt[];
  /** True if it is waiting or claimed. */
  readonly waits: boolean;
  /** The reason why it cannot be sent any more. */
  readonly problem?: string;
}

/** Reads the mails of a spool that is damaged or deleted, and of each mail all that can be read. */
export class SourceMails {
  readonly #source: SqliteDatabase;
  readonly #cipher: RecordCipher;
  readonly #now: number;
  readonly #readAt: ReadAt | undefined;
  readonly #bodies: BodyTable;
  #traces: Traces | undefined;

  constructor(source: SqliteDatabase, cipher: RecordCipher, now: number, readAt: ReadAt | undefined) {
    this.#source = source;
    this.#cipher = cipher;
    this.#now = now;
    this.#readAt = readAt;
    this.#bodies = new BodyTable(source, cipher);
  }

  *all(): Generator<SourceMail, void> {
    const seen = new Set<number>();
    const bodiless: SourceMail[] = [];
    for (const row of readableRows(this.#source, 'mail', SELECTED)) {
      const mail = unlessUnreadable(() => this.#whole(row));
      // The body of a mail without an entry follows below.
      if (!mail || seen.has(mail.seq)) continue;
      seen.add(mail.seq);
      if (mail.body || !NEED_BODY.has(mail.columns['state'])) yield mail;
      else bodiless.push(mail);
    }
    yield* this.#completed(bodiless);
    for (const row of readableRows(this.#source, 'body', 'seq')) {
      const seq = row.integer('seq');
      if (seen.has(seq)) continue;
      seen.add(seq);
      yield this.#withoutEntry(seq);
    }
  }

  /** Completes mails with bodies that no query finds, but the file still holds. */
  *#completed(mails: readonly SourceMail[]): Generator<SourceMail, void> {
    if (mails.length === 0) return;
    const found = this.#readAt && looseBodies(this.#readAt, new Set(mails.map(({ seq }) => seq)));
    for (const mail of mails) {
      const body = found?.get(mail.seq);
      if (body || !mail.waits) yield { ...mail, body };
      else yield this.#corrupt(mail, 'its record cannot be read');
    }
  }

  /** Number of mails that the spool counted as waiting or claimed. */
  waiting(): number {
    const sql = 'SELECT sum(mails) AS mails FROM tally WHERE state < 2';
    return unlessUnreadable(() => this.#source.prepare(sql).get()?.integer('mails')) ?? 0;
  }

  /** @throws {Error} for values that this module never writes */
  #whole(row: SqliteRow): SourceMail {
    const seq = row.integer('seq');
    const state = checkedState(row);
    const columns = columnsOf(row);
    const body = this.#body(seq);
    const key = row.isNull('key') ? undefined : row.bytes('key');
    const attempts = this.#attempts(seq) ?? [];
    return { seq, mailer: row.text('mailer'), key, columns, body, attempts, waits: state < FIRST_ENDED };
  }

  #corrupt(mail: SourceMail, problem: string): SourceMail {
    const columns = { ...mail.columns, state: stateNumber('corrupt'), ended_at: this.#now };
    return { ...mail, columns, waits: false, problem };
  }

  /** Restores a mail with an entry that cannot be read. */
  #withoutEntry(seq: number): SourceMail {
    const message = unlessUnreadable(() => decodeMessage(this.#bodies.opened(this.#bodies.stored(seq))));
    const attempts = this.#attempts(seq);
    const restored = message && attempts && this.#restored(seq, message, attempts);
    const mail = this.#unknown(seq, message, attempts ?? []);
    if (!restored) return this.#corrupt(mail, 'its entry cannot be read');
    const { key, state } = restored;
    const columns = { ...mail.columns, ...restored.columns, key: key ?? null };
    return { ...mail, columns, key, waits: state < FIRST_ENDED };
  }

  /** Fills an entry from the message alone. */
  #unknown(
    seq: number,
    message: RenderedMessage | undefined,
    attempts: readonly SourceAttempt[],
  ): SourceMail {
    const now = this.#now;
    const mailer = message?.mailer ?? '';
    const label = encryptSummary(message ? summaryOf(message) : UNREADABLE, this.#cipher);
    const times = { queued_at: now, due_at: now, ready_at: now, expires_at: now, ended_at: null, set_at: 0 };
    const dates = { date_at: 0, dated_by: 0, default_expiry: 0 };
    const claim = Math.max(0, ...attempts.map((attempt) => attempt.claim)) + 1;
    const counts = { state: 0, priority: 1, attempt: 0, crashes: 0, claim };
    const columns = { mailer, outcomes: null, key: null, label, ...counts, ...times, ...dates };
    return { seq, mailer, key: undefined, columns, body: this.#body(seq), attempts, waits: false };
  }

  #restored(seq: number, message: RenderedMessage, attempts: readonly SourceAttempt[]) {
    this.#traces ??= new Traces(this.#source);
    const records = attempts.flatMap(({ record }) => attemptFrom(this.#cipher.decryptText(record)) ?? []);
    // The unreadable attempt may say who has already got the mail.
    if (records.length < attempts.length) return undefined;
    return this.#traces.restore(seq, message, records.map(storedAttempt), this.#now);
  }

  /** Undefined if there is no body, or it cannot be read. */
  #body(seq: number): StoredBody | undefined {
    return unlessUnreadable(() => {
      const row = this.#bodies.stored(seq);
      return row && { checksum: row.integer('checksum'), content: row.bytes('content') };
    });
  }

  /** Undefined unless all of them can be read. */
  #attempts(seq: number): readonly SourceAttempt[] | undefined {
    const sql = `SELECT ${wholeColumns('claim')}, ${byteColumns('record')} FROM attempt WHERE seq = ?`;
    return unlessUnreadable(() =>
      this.#source
        .prepare(sql)
        .all(seq)
        .map((row) => ({ claim: row.integer('claim'), record: row.bytes('record') })),
    );
  }
}

/** @throws {Error} */
function checkedState(row: SqliteRow): number {
  const state = row.integer('state');
  if (STATES[state] !== undefined && PRIORITIES[row.integer('priority')] !== undefined) return state;
  throw new RangeError(`there is no state ${state} of that priority`);
}

/** @throws {Error} */
function columnsOf(row: SqliteRow): Columns {
  for (const column of NUMBERS) if (!row.isNull(column) || !NULLABLE.has(column)) row.integer(column);
  const columns = Object.fromEntries(COLUMNS.map((column) => [column, row.value(column)]));
  const outcomes = row.isNull('outcomes') ? null : row.text('outcomes');
  return { ...columns, mailer: row.text('mailer'), outcomes, label: row.bytes('label') };
}
