import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { MailError } from '../../errors/mail-error.js';
import { show } from '../../errors/config-report.js';
import { asBuffer } from '../../message/parts/bytes.js';
import { checkRendered } from '../../message/rendered.js';
import type { NewMail, QueuedMail } from '../mail-queue.js';
import { decodeMessage, encodeMessage, isKnownLayout, messageBytes } from '../record/message-bytes.js';
import { Row } from '../sqlite/row.js';
import type { RecordCipher } from '../record/record-cipher.js';
import type { ResolvedOutbox } from './outbox.options.js';
import { outboxFault, saidBy } from './outbox-fault.js';
import { outboxTableSql } from './outbox-schema.js';
import { SQL_TRAITS, type SqlTraits } from './sql-dialect.js';
import type { SqlExecutor, SqlValue } from './sql-executor.js';

/** A committed mail that this process has in hand, or why it cannot be read. */
export type TakenMail =
  { readonly id: string; readonly mail: NewMail } | { readonly id: string; readonly problem: string };

/** Rows that are taken together, at most, and their bytes, about. */
const GROUP = 64;
const GROUP_BYTES = 8 * 1024 ** 2;
/** Bytes of one value that are read at once: `pg` parses a value in one go, 30 ms a megabyte. */
const PIECE_BYTES = 256 * 1024;
/** Milliseconds for which others leave a taken row alone: it is in the queue long before, or its process died. */
const LEASE_MS = 15_000;

/** Mails written in their callers' transactions, in a table of their database, until they are in the queue. */
export class OutboxTable {
  readonly name: string;
  readonly #options: ResolvedOutbox;
  readonly #seal: RecordCipher;
  readonly #now: () => Date;
  readonly #traits: SqlTraits;
  /** Rows that wait. One whose lease seems to end later than any can was taken before the clock went back. */
  readonly #due: string;

  constructor(options: ResolvedOutbox, seal: RecordCipher, now: () => Date) {
    this.name = options.table;
    this.#options = options;
    this.#seal = seal;
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
    const { content, checksum } = encodeRecord(mail, this.#seal);
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

  /** They are in the queue. */
  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#change(`DELETE FROM ${this.name} WHERE id IN ${list(ids)}`, [...ids]);
  }

  /** Lets everybody have them again. */
  async giveBack(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#change(`UPDATE ${this.name} SET leased_until = 0 WHERE id IN ${list(ids)}`, [...ids]);
  }

  /** It stays in the table, and nobody takes it until its `problem` is NULL again. */
  async setAside(id: string, problem: string): Promise<void> {
    await this.#change(`UPDATE ${this.name} SET problem = ?, leased_until = 0 WHERE id = ?`, [problem, id]);
  }

  /** As many as may be in memory at once. */
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

  #opened(row: Row, content: Buffer): TakenMail {
    const id = row.text('id');
    try {
      return { id, mail: decodeRecord({ content, checksum: row.text('checksum') }, this.#seal) };
    } catch (error) {
      return { id, problem: saidBy(error) };
    }
  }

  /** Undefined when this took longer than the lease, and another process has brought it into the queue. */
  async #contentOf(row: Row): Promise<Buffer | undefined> {
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

  async #select(sql: string, values: SqlValue[]): Promise<readonly Row[]> {
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

  /** In the order of time. */
  #newId(): string {
    return `${this.#now().getTime().toString(16).padStart(12, '0')}-${randomUUID()}`;
  }
}

/** Part of a content, from this byte on. */
const piece = (from: number): string => `substr(content, ${from + 1}, ${PIECE_BYTES}) AS piece`;
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

/** A mail as the columns of a table. */
interface OutboxRecord {
  /** Sealed: the length of the schedule's JSON in 4 bytes, that JSON, the message as a spool has it. */
  readonly content: Buffer;
  /** CRC-32 of the content in hexadecimal, against what befalls a value on its way through drivers and disks. */
  readonly checksum: string;
}

/** All of a mail but its message. */
interface Schedule extends Omit<NewMail, 'message' | 'dueAt' | 'expiresAt'> {
  /** ISO 8601. */
  readonly dueAt: string;
  readonly expiresAt: string;
}

const HEAD = 4;

function encodeRecord({ message, ...schedule }: NewMail, seal: RecordCipher): OutboxRecord {
  const json = Buffer.from(JSON.stringify(schedule));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32BE(json.byteLength);
  const clear = Buffer.concat([head, json, messageBytes(encodeMessage(message))]);
  const content = asBuffer(seal.close(clear));
  return { content, checksum: checksumOf(content) };
}

/** @throws {Error} that says why the record cannot be trusted */
function decodeRecord({ content, checksum }: OutboxRecord, seal: RecordCipher): NewMail {
  if (content.byteLength === 0) throw new Error('its record is empty');
  if (checksumOf(content) !== checksum) throw new Error('its record does not match its checksum');
  const clear = asBuffer(seal.open(content));
  const end = HEAD + clear.readUInt32BE();
  const bytes = clear.subarray(end);
  if (!isKnownLayout(bytes)) {
    throw new Error(`its record is of a version (${bytes[0]}) that is unknown here`);
  }
  const schedule = readSchedule(clear.toString('utf8', HEAD, end));
  return { ...schedule, message: checkRendered(decodeMessage(bytes)) };
}

const checksumOf = (content: Buffer): string => crc32(content).toString(16).padStart(8, '0');

function readSchedule(json: string): Omit<NewMail, 'message'> {
  const stored: unknown = JSON.parse(json);
  if (!isSchedule(stored)) throw new TypeError('its record holds no mail');
  const { dueAt, expiresAt, ...rest } = stored;
  return { ...rest, dueAt: new Date(dueAt), expiresAt: new Date(expiresAt) };
}

/** Not more: a checksum has proven that the bytes are those that were written. */
function isSchedule(value: unknown): value is Schedule {
  return typeof value === 'object' && value !== null && 'dueAt' in value && 'expiresAt' in value;
}
