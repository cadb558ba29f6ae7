import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/show.js';
import { asBuffer } from '../../message/parts/bytes.js';
import { checkRendered } from '../../message/rendered.js';
import type { NewMail, QueuedMail } from '../mail-queue.js';
import {
  checkLayout,
  checkSum,
  decodeMessage,
  encodeMessage,
  messageBytes,
} from '../record/message-bytes.js';
import { isObject } from '../../message/values/fields.js';
import { SqliteRow } from '../sqlite/row.js';
import type { RecordCipher } from '../record/record-cipher.js';
import { DEFAULT_TABLE, isTableName, type ResolvedOutbox } from './outbox.options.js';
import { outboxFault, firstLineOf } from './outbox-fault.js';
import { SQL_TRAITS, type SqlDialect, type SqlTraits } from './sql-dialect.js';
import type { SqlExecutor, SqlValue } from './sql-executor.js';

/** A committed mail that this process has claimed, or the reason why it cannot be read. */
export type TakenMail =
  { readonly id: string; readonly mail: NewMail } | { readonly id: string; readonly problem: string };

/** Most rows that are claimed together, and their approximate bytes. */
const GROUP = 64;
const GROUP_BYTES = 8 * 1024 ** 2;
/** Bytes that are read of a value per query: `pg` parses a value in one go, 30 ms a megabyte. */
const PIECE_BYTES = 256 * 1024;
/** Milliseconds for which other processes leave a claimed row alone. It is queued long before, or its process died. */
const LEASE_MS = 15_000;

/** A table of the application's database, which holds mails of its transactions until they are in the queue. */
export class OutboxTable {
  readonly name: string;
  readonly #options: ResolvedOutbox;
  readonly #cipher: RecordCipher;
  readonly #now: () => Date;
  readonly #traits: SqlTraits;
  /** Selects waiting rows. A lease that ends later than any new one was taken before the clock went back. */
  readonly #due: string;

  constructor(options: ResolvedOutbox, cipher: RecordCipher, now: () => Date) {
    this.name = options.table;
    this.#options = options;
    this.#cipher = cipher;
    this.#now = now;
    this.#traits = SQL_TRAITS[options.dialect];
    const { now: time } = this.#traits;
    this.#due = `problem IS NULL AND leased_until NOT BETWEEN ${time} AND ${time} + ${LEASE_MS}`;
  }

  /** Creates the table if it does not exist and the options ask for it. */
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
    const { content, checksum } = encodeRecord(mail, this.#cipher);
    const sql = `INSERT INTO ${this.name} (id, content, checksum) VALUES (?, ?, ?)`;
    await this.#run(via, sql, [id, content, checksum]);
    return { id, messageId: mail.message.messageId, duplicate: false, dueAt: mail.dueAt };
  }

  /** Claims committed mails that no other process holds, oldest first. */
  async take(): Promise<readonly TakenMail[]> {
    const ids = await this.#waiting();
    if (ids.length === 0) return [];
    const holder = randomUUID();
    const free = `SELECT id FROM ${this.name} WHERE id IN ${list(ids)} AND ${this.#due} ${this.#traits.lock}`;
    await this.#change(
      `UPDATE ${this.name} SET holder = ?, leased_until = ${this.#traits.now} + ${LEASE_MS}
       WHERE id IN (SELECT id FROM (${free}) AS free)`,
      [holder, ...ids],
    );
    const rows = await this.#select(
      `SELECT id, checksum, length(content) AS bytes, ${piece(0)} FROM ${this.name}
       WHERE id IN ${list(ids)} AND holder = ? ORDER BY id`,
      [...ids, holder],
    );
    const taken: TakenMail[] = [];
    for (const row of rows) {
      const content = await this.#contentOf(row);
      if (content) taken.push(this.#opened(row, content));
    }
    return taken;
  }

  /** Removes mails that are in the queue. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#change(`DELETE FROM ${this.name} WHERE id IN ${list(ids)}`, [...ids]);
  }

  /** Ends the leases, so that any process may take the mails. */
  async giveBack(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#change(`UPDATE ${this.name} SET leased_until = 0 WHERE id IN ${list(ids)}`, [...ids]);
  }

  /** Keeps the mail in the table; no process takes it until its `problem` is NULL again. */
  async setAside(id: string, problem: string): Promise<void> {
    await this.#change(`UPDATE ${this.name} SET problem = ?, leased_until = 0 WHERE id = ?`, [problem, id]);
  }

  /** Finds as many waiting mails as may be in memory at once. */
  async #waiting(): Promise<readonly string[]> {
    const rows = await this.#select(
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

  #opened(row: SqliteRow, content: Buffer): TakenMail {
    const id = row.text('id');
    try {
      return { id, mail: decodeRecord({ content, checksum: row.text('checksum') }, this.#cipher) };
    } catch (error) {
      return { id, problem: firstLineOf(error) };
    }
  }

  /** Undefined if reading took longer than the lease and another process has queued the mail. */
  async #contentOf(row: SqliteRow): Promise<Buffer | undefined> {
    const pieces = [row.bytes('piece')];
    for (let from = PIECE_BYTES; from < row.integer('bytes'); from += PIECE_BYTES) {
      const [next] = await this.#select(`SELECT ${piece(from)} FROM ${this.name} WHERE id = ?`, [
        row.text('id'),
      ]);
      if (!next) return undefined;
      pieces.push(next.bytes('piece'));
    }
    return Buffer.concat(pieces);
  }

  async #select(sql: string, values: SqlValue[]): Promise<readonly SqliteRow[]> {
    return asRows(await this.#run(this.#options.executor, sql, values));
  }

  async #change(sql: string, values: SqlValue[]): Promise<void> {
    await this.#run(this.#options.executor, sql, values);
  }

  async #run(executor: SqlExecutor, sql: string, values: SqlValue[]): Promise<unknown> {
    try {
      return await executor.execute(this.#traits.numbered(sql), values);
    } catch (error) {
      throw outboxFault(error, { table: this.name, dialect: this.#options.dialect });
    }
  }

  /** Ids sort by time. */
  #newId(): string {
    return `${this.#now().getTime().toString(16).padStart(12, '0')}-${randomUUID()}`;
  }
}

/**
 * Returns the statement that creates the table of `queue.outbox`, for one of your migrations. It does nothing if the
 * table exists.
 * @throws {MailError} `config` for a name that would need quotes
 */
export function outboxTableSql(dialect: SqlDialect, table: string = DEFAULT_TABLE): string {
  if (!isTableName(table)) {
    throw new MailError('config', `outboxTableSql: expected the name of a table, got ${show(table)}.`);
  }
  return `CREATE TABLE IF NOT EXISTS ${table} (
  id VARCHAR(64) PRIMARY KEY,
  content ${SQL_TRAITS[dialect].blob} NOT NULL,
  checksum VARCHAR(8) NOT NULL,
  holder VARCHAR(64),
  leased_until BIGINT NOT NULL DEFAULT 0,
  problem TEXT
)`;
}

/** Selects a part of the content, from this byte on. */
const piece = (from: number): string => `substr(content, ${from + 1}, ${PIECE_BYTES}) AS piece`;
const list = (ids: readonly string[]): string => `(${ids.map(() => '?').join(', ')})`;

/** @throws {MailError} `config` for an executor that does not return its rows */
function asRows(rows: unknown): readonly SqliteRow[] {
  if (Array.isArray(rows)) return rows.filter(isObject).map((row) => new SqliteRow(row));
  throw new MailError(
    'config',
    `execute() of an SqlExecutor: expected to resolve with an array of rows, got ${show(rows)}. Drivers often have them in a field: (await client.query(sql, values)).rows.`,
  );
}

/** A mail as the columns of a table. */
interface OutboxRecord {
  /** Encrypted if there is a key: the length of the schedule's JSON in 4 bytes, that JSON, the message as in a spool. */
  readonly content: Buffer;
  /** CRC-32 of the content in hexadecimal, against damage by drivers and disks. */
  readonly checksum: string;
}

interface Schedule extends Omit<NewMail, 'message' | 'dueAt' | 'expiresAt'> {
  /** ISO 8601. */
  readonly dueAt: string;
  readonly expiresAt: string;
}

const HEAD = 4;

function encodeRecord({ message, ...schedule }: NewMail, cipher: RecordCipher): OutboxRecord {
  const json = Buffer.from(JSON.stringify(schedule));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(json.byteLength);
  const clear = Buffer.concat([head, json, messageBytes(encodeMessage(message))]);
  const content = asBuffer(cipher.encrypt(clear));
  return { content, checksum: crc32(content).toString(16).padStart(8, '0') };
}

/** @throws {Error} that says why the record cannot be trusted */
function decodeRecord({ content, checksum }: OutboxRecord, cipher: RecordCipher): NewMail {
  checkSum(content, Number.parseInt(checksum, 16));
  const clear = asBuffer(cipher.decrypt(content));
  const end = HEAD + clear.readUInt32BE();
  const bytes = clear.subarray(end);
  checkLayout(bytes);
  const schedule = readSchedule(clear.toString('utf8', HEAD, end));
  return { ...schedule, message: checkRendered(decodeMessage(bytes)) };
}

function readSchedule(json: string): Omit<NewMail, 'message'> {
  const stored: unknown = JSON.parse(json);
  if (!isSchedule(stored)) throw new TypeError('its record holds no mail');
  const { dueAt, expiresAt, ...rest } = stored;
  return { ...rest, dueAt: new Date(dueAt), expiresAt: new Date(expiresAt) };
}

/** Checks no more than this: a checksum has proven that the bytes are those that were written. */
function isSchedule(value: unknown): value is Schedule {
  return isObject(value) && 'dueAt' in value && 'expiresAt' in value;
}
