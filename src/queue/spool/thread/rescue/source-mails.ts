import type { RenderedMessage } from '../../../../message/message.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { Row, SqliteValue } from '../../../sqlite/row.js';
import { PRIORITIES, STATES, stateNumber } from '../../../record/mail-state.js';
import { decodeMessage } from '../../../record/message-bytes.js';
import { attemptFrom, storedAttempt } from '../../../record/stored-attempt.js';
import { BodyTable } from '../../../record/body.js';
import { closedLabel } from '../../../record/label.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import { looseBodies, type ReadAt, type StoredBody } from './loose-bodies.js';
import { readableRows } from './readable-rows.js';
import { Traces } from './traces.js';

const NUMBERS = [
  'state', 'priority', 'queued_at', 'due_at', 'ready_at', 'expires_at', 'ended_at', 'attempt', 'crashes', 'claim',
  'set_at', 'date_at', 'dated_by', 'default_expiry',
]; // prettier-ignore
const NULLABLE: ReadonlySet<string> = new Set(['ended_at', 'dated_by']);
/** All of a mail's but its number. */
export const COLUMNS: readonly string[] = ['mailer', 'outcomes', 'key', 'label', ...NUMBERS];

const SELECTED = `seq, ${wholeColumns(...NUMBERS)}, ${byteColumns('mailer', 'outcomes', 'key', 'label')}`;

/** States in which a mail may still be sent, by itself or by a retry. */
const NEED_BODY: ReadonlySet<unknown> = new Set(
  (['waiting', 'sending', 'dead', 'ambiguous', 'expired'] as const).map(stateNumber),
);
const FIRST_ENDED = stateNumber('sent');

export type Columns = Readonly<Record<string, SqliteValue>>;

export interface SourceAttempt {
  readonly claim: number;
  readonly record: Uint8Array;
}

/** A mail as it can go on in another spool. */
export interface SourceMail {
  readonly seq: number;
  readonly mailer: string;
  readonly key: Uint8Array | undefined;
  readonly columns: Columns;
  readonly body: StoredBody | undefined;
  readonly attempts: readonly SourceAttempt[];
  /** Is to be sent, or was under way. */
  readonly waits: boolean;
  /** Why it cannot be sent any more. */
  readonly problem?: string;
}

/** The mails of a spool that is damaged, or that no path leads to any more: each with all that can be read of it. */
export class SourceMails {
  readonly #bodies: BodyTable;
  #traces: Traces | undefined;

  constructor(
    private readonly source: SqliteDatabase,
    private readonly seal: RecordCipher,
    private readonly now: number,
    private readonly readAt: ReadAt | undefined,
  ) {
    this.#bodies = new BodyTable(source, seal);
  }

  *all(): Generator<SourceMail, void> {
    const seen = new Set<number>();
    const bodiless: SourceMail[] = [];
    for (const row of readableRows(this.source, 'mail', SELECTED)) {
      const mail = attempted(() => this.#whole(row));
      // Else its body is all that is left of it.
      if (!mail || seen.has(mail.seq)) continue;
      seen.add(mail.seq);
      if (mail.body || !NEED_BODY.has(mail.columns['state'])) yield mail;
      else bodiless.push(mail);
    }
    yield* this.#completed(bodiless);
    for (const row of readableRows(this.source, 'body', 'seq')) {
      const seq = row.integer('seq');
      if (seen.has(seq)) continue;
      seen.add(seq);
      yield this.#left(seq);
    }
  }

  /** Those whose bodies no query finds, with what the file has of them. */
  *#completed(mails: readonly SourceMail[]): Generator<SourceMail, void> {
    if (mails.length === 0) return;
    const found = this.readAt && looseBodies(this.readAt, new Set(mails.map(({ seq }) => seq)));
    for (const mail of mails) {
      const body = found?.get(mail.seq);
      if (body || !mail.waits) yield { ...mail, body };
      else yield this.#spoilt(mail, 'its record cannot be read');
    }
  }

  /** How many are counted as waiting or under way. */
  waiting(): number {
    const sql = 'SELECT sum(mails) AS mails FROM tally WHERE state < 2';
    return attempted(() => this.source.prepare(sql).get()?.integer('mails')) ?? 0;
  }

  /** @throws {Error} for values that this module does not write */
  #whole(row: Row): SourceMail {
    const seq = row.integer('seq');
    const state = checkedState(row);
    const columns = columnsOf(row);
    const body = this.#body(seq);
    const key = row.isNull('key') ? undefined : row.bytes('key');
    const attempts = this.#attempts(seq) ?? [];
    return { seq, mailer: row.text('mailer'), key, columns, body, attempts, waits: state < FIRST_ENDED };
  }

  #spoilt(mail: SourceMail, problem: string): SourceMail {
    const columns = { ...mail.columns, state: stateNumber('corrupt'), ended_at: this.now };
    return { ...mail, columns, waits: false, problem };
  }

  /** Of a mail whose entry cannot be read. */
  #left(seq: number): SourceMail {
    const message = attempted(() => decodeMessage(this.#bodies.opened(this.#bodies.stored(seq))));
    const attempts = this.#attempts(seq);
    const restored = message && attempts && this.#restored(seq, message, attempts);
    const mail = this.#unknown(seq, message, attempts ?? []);
    if (!restored) return this.#spoilt(mail, 'its entry cannot be read');
    const { key, state } = restored;
    const columns = { ...mail.columns, ...restored.columns, key: key ?? null };
    return { ...mail, columns, key, waits: state < FIRST_ENDED };
  }

  /** What its message says, and nothing more. */
  #unknown(
    seq: number,
    message: RenderedMessage | undefined,
    attempts: readonly SourceAttempt[],
  ): SourceMail {
    const { now } = this;
    const { messageId = '', subject = '', template, envelope, mailer = '' } = message ?? {};
    const label = closedLabel({ messageId, to: envelope?.to ?? [], subject, template }, this.seal);
    const times = { queued_at: now, due_at: now, ready_at: now, expires_at: now, ended_at: null, set_at: 0 };
    const dates = { date_at: 0, dated_by: 0, default_expiry: 0 };
    const claim = Math.max(0, ...attempts.map((attempt) => attempt.claim)) + 1;
    const counts = { state: 0, priority: 1, attempt: 0, crashes: 0, claim };
    const columns = { mailer, outcomes: null, key: null, label, ...counts, ...times, ...dates };
    return { seq, mailer, key: undefined, columns, body: this.#body(seq), attempts, waits: false };
  }

  #restored(seq: number, message: RenderedMessage, attempts: readonly SourceAttempt[]) {
    this.#traces ??= new Traces(this.source);
    const records = attempts.flatMap(({ record }) => attemptFrom(this.seal.text(record) ?? '') ?? []);
    // What a recipient has got may be in the one that cannot be read.
    if (records.length < attempts.length) return undefined;
    return this.#traces.restore(seq, message, records.map(storedAttempt), this.now);
  }

  /** Undefined: there is none, or none that can be read. */
  #body(seq: number): StoredBody | undefined {
    return attempted(() => {
      const row = this.#bodies.stored(seq);
      return row && { checksum: row.integer('checksum'), content: row.bytes('content') };
    });
  }

  /** Undefined: not all can be read. */
  #attempts(seq: number): readonly SourceAttempt[] | undefined {
    const sql = `SELECT ${wholeColumns('claim')}, ${byteColumns('record')} FROM attempt WHERE seq = ?`;
    return attempted(() =>
      this.source
        .prepare(sql)
        .all(seq)
        .map((row) => ({ claim: row.integer('claim'), record: row.bytes('record') })),
    );
  }
}

/** Undefined when it cannot be read. */
function attempted<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** @throws {Error} */
function checkedState(row: Row): number {
  const state = row.integer('state');
  if (STATES[state] !== undefined && PRIORITIES[row.integer('priority')] !== undefined) return state;
  throw new RangeError(`there is no state ${state} of that priority`);
}

/** @throws {Error} */
function columnsOf(row: Row): Columns {
  for (const column of NUMBERS) if (!row.isNull(column) || !NULLABLE.has(column)) row.integer(column);
  const columns = Object.fromEntries(COLUMNS.map((column) => [column, row.value(column)]));
  const outcomes = row.isNull('outcomes') ? null : row.text('outcomes');
  return { ...columns, mailer: row.text('mailer'), outcomes, label: row.bytes('label') };
}
