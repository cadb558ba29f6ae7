import { byteColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { inTransaction } from '../../../sqlite/transaction.js';
import type { CorruptRecord } from '../../channel/protocol.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import { REMOVE } from '../tables/maintenance.js';
import type { ReadAt } from './loose-bodies.js';
import { unlessUnreadable } from './readable-rows.js';
import { COLUMNS, type SourceMail, SourceMails } from './source-mails.js';

const INSERT = `INSERT INTO mail (seq, ${COLUMNS.join(', ')}) VALUES (?, ${COLUMNS.map(() => '?').join(', ')})`;
const INSERT_BODY = 'INSERT INTO body (seq, checksum, content) VALUES (?, ?, ?)';
const INSERT_ATTEMPT = 'INSERT INTO attempt (seq, claim, record) VALUES (?, ?, ?)';
const LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = 'mail'";

export interface Merged {
  /** Number of waiting and claimed mails that were taken over. */
  readonly mails: number;
  /** Mails that could not be read and were set aside. */
  readonly corrupt: readonly CorruptRecord[];
  /** Number of further mails that the source had counted and that were not found. */
  readonly missing: number;
  /** Mails that got new numbers, because others had theirs in the target. */
  readonly renumbered: readonly number[];
}

export interface SourceSpool {
  readonly database: SqliteDatabase;
  /** Id of the spool. A spool is taken over only once. */
  readonly id: string;
}

export interface MergeOptions {
  readonly cipher: RecordCipher;
  readonly now: number;
  /** True if the target is an earlier state of the source: mails with the same number are the same. */
  readonly isCopy: boolean;
  /** Reads the file of the source, if it is damaged. */
  readonly readAt?: ReadAt | undefined;
}

/** Returns whether a spool has taken over the mails of another one. */
export function hasTakenIn(database: SqliteDatabase, id: string): boolean {
  const sql = 'SELECT 1 AS found FROM fact WHERE name = ?';
  return unlessUnreadable(() => database.prepare(sql).get(`merged:${id}`)) !== undefined;
}

/**
 * Takes the mails of a spool that cannot go on over into another, and sets those aside that cannot be read. It runs in
 * one transaction, which several processes may try: only one of them does it.
 */
export class Merge {
  readonly #source: SourceSpool;
  readonly #target: SqliteDatabase;
  readonly #options: MergeOptions;
  readonly #mails: SourceMails;
  readonly #corrupt: CorruptRecord[] = [];
  readonly #renumbered: number[] = [];
  #waiting = 0;

  constructor(source: SourceSpool, target: SqliteDatabase, options: MergeOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#mails = new SourceMails(source.database, options.cipher, options.now, options.readAt);
  }

  /** Undefined if it was done before. */
  run(): Merged | undefined {
    return inTransaction(this.#target, () => {
      if (!this.#markMerged()) return undefined;
      this.#keepNumbers();
      for (const mail of this.#mails.all()) this.#write(mail);
      const missing = Math.max(0, this.#mails.waiting() - this.#waiting - this.#corrupt.length);
      return { mails: this.#waiting, corrupt: this.#corrupt, missing, renumbered: this.#renumbered };
    });
  }

  /** Records the source, and the spools that it has taken over: other processes may still have those open. */
  #markMerged(): boolean {
    const insert = this.#target.prepare('INSERT OR IGNORE INTO fact (name, value) VALUES (?, ?)');
    const isNew = (name: string): boolean => insert.run(name, Buffer.of(1)).changes > 0;
    if (!isNew(`merged:${this.#source.id}`)) return false;
    const sql = `SELECT ${byteColumns('name')} FROM fact WHERE name LIKE 'merged:%'`;
    for (const row of unlessUnreadable(() => this.#source.database.prepare(sql).all()) ?? []) {
      isNew(row.text('name'));
    }
    return true;
  }

  /** Keeps later mails from getting a number that was used. */
  #keepNumbers(): void {
    const last = unlessUnreadable(() => this.#source.database.prepare(LAST_NUMBER).get()?.integer('seq'));
    if (last === undefined) return;
    const sql = this.#target.prepare(LAST_NUMBER).get()
      ? "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'mail'"
      : "INSERT INTO sqlite_sequence (name, seq) VALUES ('mail', ?)";
    this.#target.prepare(sql).run(last);
  }

  #write(mail: SourceMail): void {
    if (this.#options.isCopy) for (const sql of REMOVE) this.#target.prepare(sql).run(mail.seq);
    // An earlier mail in the target has its key, and wins.
    if (mail.key && this.#target.prepare('SELECT seq FROM mail WHERE key = ?').get(mail.key)) return;
    const seq = this.#insert(mail);
    const { body, attempts, waits, mailer, problem } = mail;
    if (body) this.#target.prepare(INSERT_BODY).run(seq, body.checksum, body.content);
    for (const { claim, record } of attempts) this.#target.prepare(INSERT_ATTEMPT).run(seq, claim, record);
    if (problem !== undefined) this.#corrupt.push({ seq, mailer, reason: problem });
    if (waits) this.#waiting += 1;
  }

  /** @returns the number of the mail in the target */
  #insert({ seq, columns }: SourceMail): number {
    const isTaken = this.#target.prepare('SELECT seq FROM mail WHERE seq = ?').get(seq) !== undefined;
    if (isTaken) this.#renumbered.push(seq);
    const values = COLUMNS.map((column) => columns[column] ?? null);
    return this.#target.prepare(INSERT).run(isTaken ? null : seq, ...values).lastInsertRowid;
  }
}
