import { randomUUID } from 'node:crypto';
import { MailError } from '../../mail.errors.js';
import { show } from '../../mail.report.js';
import type { NewMail, QueuedMail } from '../mail-queue.js';
import { Row } from '../sqlite/row.js';
import type { Seal } from '../spool/thread/seal.js';
import type { ResolvedOutbox } from './outbox.options.js';
import { outboxFault, saidBy } from './outbox-fault.js';
import { decodeRecord, encodeRecord } from './outbox-record.js';
import { outboxTableSql } from './outbox-schema.js';
import { SQL_TRAITS, type SqlTraits } from './sql-dialect.js';
import type { SqlExecutor, SqlValue } from './sql-executor.js';

/** A committed mail that this process has in hand, or why it cannot be read. */
export type TakenMail =
  { readonly id: string; readonly mail: NewMail } | { readonly id: string; readonly problem: string };

/** Rows that are taken together, at most, and their bytes, about. */
const GROUP = 64;
const GROUP_BYTES = 8 * 1024 ** 2;
/** Milliseconds for which others leave a taken row alone: it is in the queue long before, or its process died. */
const LEASE_MS = 15_000;

/** Mails written in their callers' transactions, in a table of their database, until they are in the queue. */
export class OutboxTable {
  readonly name: string;
  readonly #options: ResolvedOutbox;
  readonly #seal: Seal;
  readonly #now: () => Date;
  readonly #traits: SqlTraits;
  /** Rows that wait. One whose lease seems to end later than any can was taken before the clock went back. */
  readonly #due: string;

  constructor(options: ResolvedOutbox, seal: Seal, now: () => Date) {
    this.name = options.table;
    this.#options = options;
    this.#seal = seal;
    this.#now = now;
    this.#traits = SQL_TRAITS[options.dialect];
    const { now: time } = this.#traits;
    this.#due = `problem IS NULL AND leased_until NOT BETWEEN ${time} AND ${time} + ${LEASE_MS}`;
  }

  /** Creates it where it is not there, if that is asked for. */
  async prepare(): Promise<void> {
    const { createTable, dialect, executor } = this.#options;
    if (createTable) await this.#run(executor, outboxTableSql(dialect, this.name), []);
  }

  /**
   * Writes a mail in the transaction of `via`.
   * @throws {MailError} `config` without the table; `transport-unavailable`
   */
  async add(mail: NewMail, via: SqlExecutor): Promise<QueuedMail> {
    const id = this.#newId();
    const { content, checksum } = encodeRecord(mail, this.#seal);
    const sql = `INSERT INTO ${this.name} (id, content, checksum) VALUES (?, ?, ?)`;
    await this.#run(via, sql, [id, content, checksum]);
    return { id, messageId: mail.message.messageId, duplicate: false, dueAt: mail.dueAt };
  }

  /** Takes mails that are committed and that nobody else has, those written first before others. */
  async take(): Promise<readonly TakenMail[]> {
    const ids = await this.#waiting();
    if (ids.length === 0) return [];
    const holder = randomUUID();
    const free = `SELECT id FROM ${this.name} WHERE id IN ${list(ids)} AND ${this.#due} ${this.#traits.lock}`;
    await this.#ask(
      `UPDATE ${this.name} SET holder = ?, leased_until = ${this.#traits.now} + ${LEASE_MS}
       WHERE id IN (SELECT id FROM (${free}) AS free)`,
      [holder, ...ids],
    );
    const rows = await this.#ask(
      `SELECT id, content, checksum FROM ${this.name} WHERE id IN ${list(ids)} AND holder = ? ORDER BY id`,
      [...ids, holder],
    );
    return rows.map((row) => this.#read(row));
  }

  /** They are in the queue. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#ask(`DELETE FROM ${this.name} WHERE id IN ${list(ids)}`, [...ids]);
  }

  /** Lets everybody have them again. */
  async giveBack(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#ask(`UPDATE ${this.name} SET leased_until = 0 WHERE id IN ${list(ids)}`, [...ids]);
  }

  /** It stays in the table, and nobody takes it until its `problem` is NULL again. */
  async setAside(id: string, problem: string): Promise<void> {
    await this.#ask(`UPDATE ${this.name} SET problem = ?, leased_until = 0 WHERE id = ?`, [problem, id]);
  }

  /** As many as may be in memory at once. */
  async #waiting(): Promise<readonly string[]> {
    const rows = await this.#ask(
      `SELECT id, length(content) AS bytes FROM ${this.name} WHERE ${this.#due} ORDER BY id LIMIT ${GROUP}`,
      [],
    );
    let bytes = 0;
    const end = rows.findIndex((row, index) => {
      bytes += row.integer('bytes');
      return index > 0 && bytes > GROUP_BYTES;
    });
    return rows.slice(0, end < 0 ? rows.length : end).map((row) => row.text('id'));
  }

  #read(row: Row): TakenMail {
    // Not in the `try`: that a driver gives no bytes is no fault of the row.
    const id = row.text('id');
    const record = { content: row.bytes('content'), checksum: row.text('checksum') };
    try {
      return { id, mail: decodeRecord(record, this.#seal) };
    } catch (error) {
      return { id, problem: saidBy(error) };
    }
  }

  #ask(sql: string, values: SqlValue[]): Promise<readonly Row[]> {
    return this.#run(this.#options.executor, sql, values);
  }

  async #run(executor: SqlExecutor, sql: string, values: SqlValue[]): Promise<readonly Row[]> {
    try {
      const rows: unknown = await executor.execute(this.#traits.numbered(sql), values);
      return asRows(rows);
    } catch (error) {
      if (MailError.is(error)) throw error;
      throw outboxFault(error, { table: this.name, dialect: this.#options.dialect });
    }
  }

  /** In the order of time. */
  #newId(): string {
    return `${this.#now().getTime().toString(16).padStart(12, '0')}-${randomUUID()}`;
  }
}

const list = (ids: readonly string[]): string => `(${ids.map(() => '?').join(', ')})`;

/** @throws {MailError} `config` for an executor that keeps its rows to itself */
function asRows(rows: unknown): readonly Row[] {
  if (Array.isArray(rows)) return rows.filter(isRecord).map((row) => new Row(row));
  throw new MailError(
    'config',
    `execute() of an SqlExecutor: expected to resolve with an array of rows, got ${show(rows)}. Drivers often have them in a field: (await client.query(sql, values)).rows.`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
