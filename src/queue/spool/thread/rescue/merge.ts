import { byteColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { inTransaction } from '../../../sqlite/transaction.js';
import type { CorruptRecord } from '../../channel/protocol.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import { REMOVE } from '../tables/maintenance.js';
import type { ReadAt } from './loose-bodies.js';
import { COLUMNS, type SourceMail, SourceMails } from './source-mails.js';

const INSERT = `INSERT INTO mail (seq, ${COLUMNS.join(', ')}) VALUES (?, ${COLUMNS.map(() => '?').join(', ')})`;
const INSERT_BODY = 'INSERT INTO body (seq, checksum, content) VALUES (?, ?, ?)';
const INSERT_ATTEMPT = 'INSERT INTO attempt (seq, claim, record) VALUES (?, ?, ?)';
const LAST_NUMBER = "SELECT seq FROM sqlite_sequence WHERE name = 'mail'";

export interface Merged {
  /** How many that wait, or are under way, were brought over. */
  readonly mails: number;
  /** Those that could not be read, and were set aside. */
  readonly corrupt: readonly CorruptRecord[];
  /** How many more the source counted and did not show. */
  readonly missing: number;
  /** Numbers that other mails had there: theirs are new. */
  readonly renumbered: readonly number[];
}

export interface Source {
  readonly database: SqliteDatabase;
  /** Of the spool: what was brought over once is not brought over again. */
  readonly id: string;
}

export interface MergeOptions {
  readonly seal: RecordCipher;
  readonly now: number;
  /** The target is an earlier state of the source: a mail of the same number there is the same one. */
  readonly isCopy: boolean;
  /** The file of the source, where it is damaged. */
  readonly readAt?: ReadAt | undefined;
}

/** Whether a spool has the mails of another one. */
export function hasTakenIn(database: SqliteDatabase, id: string): boolean {
  const sql = 'SELECT 1 AS found FROM fact WHERE name = ?';
  return unlessUnreadable(() => database.prepare(sql).get(`merged:${id}`)) !== undefined;
}

/**
 * Brings the mails of a spool that can go on no more into another, as they are; what cannot be read of them is
 * set aside. In one transaction, which several processes may try: one of them does it.
 */
export class Merge {
  readonly #mails: SourceMails;
  readonly #corrupt: CorruptRecord[] = [];
  readonly #renumbered: number[] = [];
  #waiting = 0;

  constructor(
    private readonly source: Source,
    private readonly target: SqliteDatabase,
    private readonly options: MergeOptions,
  ) {
    this.#mails = new SourceMails(source.database, options.seal, options.now, options.readAt);
  }

  /** Undefined when it was done before. */
  run(): Merged | undefined {
    return inTransaction(this.target, () => {
      if (!this.#mark()) return undefined;
      this.#keepNumbers();
      for (const mail of this.#mails.all()) this.#write(mail);
      const missing = Math.max(0, this.#mails.waiting() - this.#waiting - this.#corrupt.length);
      return { mails: this.#waiting, corrupt: this.#corrupt, missing, renumbered: this.#renumbered };
    });
  }

  /** With those that the source has taken in: other processes may have them open. */
  #mark(): boolean {
    const insert = this.target.prepare('INSERT OR IGNORE INTO fact (name, value) VALUES (?, ?)');
    const mark = (name: string): boolean => insert.run(name, Buffer.of(1)).changes > 0;
    if (!mark(`merged:${this.source.id}`)) return false;
    const sql = `SELECT ${byteColumns('name')} FROM fact WHERE name LIKE 'merged:%'`;
    for (const row of unlessUnreadable(() => this.source.database.prepare(sql).all()) ?? []) {
      mark(row.text('name'));
    }
    return true;
  }

  /** No mail to come gets a number that was given out. */
  #keepNumbers(): void {
    const last = unlessUnreadable(() => this.source.database.prepare(LAST_NUMBER).get()?.integer('seq'));
    if (last === undefined) return;
    const sql = this.target.prepare(LAST_NUMBER).get()
      ? "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'mail'"
      : "INSERT INTO sqlite_sequence (name, seq) VALUES ('mail', ?)";
    this.target.prepare(sql).run(last);
  }

  #write(mail: SourceMail): void {
    if (this.options.isCopy) for (const sql of REMOVE) this.target.prepare(sql).run(mail.seq);
    // Another mail with its key was there before: that is the one.
    if (mail.key && this.target.prepare('SELECT seq FROM mail WHERE key = ?').get(mail.key)) return;
    const seq = this.#insert(mail);
    const { body, attempts, waits, mailer, problem } = mail;
    if (body) this.target.prepare(INSERT_BODY).run(seq, body.checksum, body.content);
    for (const { claim, record } of attempts) this.target.prepare(INSERT_ATTEMPT).run(seq, claim, record);
    if (problem !== undefined) this.#corrupt.push({ seq, mailer, reason: problem });
    if (waits) this.#waiting += 1;
  }

  /** @returns its number there */
  #insert({ seq, columns }: SourceMail): number {
    const isTaken = this.target.prepare('SELECT seq FROM mail WHERE seq = ?').get(seq) !== undefined;
    if (isTaken) this.#renumbered.push(seq);
    const values = COLUMNS.map((column) => columns[column] ?? null);
    return this.target.prepare(INSERT).run(isTaken ? null : seq, ...values).lastInsertRowid;
  }
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
