import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import type { SqliteDatabase } from '../../src/queue/sqlite/database.js';

/** Rows of one transaction. */
const CHUNK = 10_000;
const MAILS = `
INSERT INTO mail (mailer, state, priority, queued_at, due_at, ready_at, expires_at, label)
WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < ?)
SELECT mailer, 0, priority, queued_at, due_at, due_at + n, expires_at, label FROM mail, copy
WHERE seq = (SELECT min(seq) FROM mail)`;
const BODIES = `
INSERT INTO body (seq, checksum, content)
SELECT mail.seq, first.checksum, first.content FROM mail, body AS first
WHERE first.seq = (SELECT min(seq) FROM body) AND mail.seq > (SELECT max(seq) FROM body)`;
const WAITING = 'SELECT mails FROM tally WHERE state = 0';
const NEWEST = 'DELETE FROM mail WHERE seq > (SELECT seq FROM mail ORDER BY seq LIMIT 1 OFFSET ?)';
const ORPHANS = 'DELETE FROM body WHERE seq > (SELECT max(seq) FROM mail)';

/** Fills a spool with waiting mails, faster than queueing them: by copies of its first mail. */
export class Filler {
  private constructor(private readonly database: SqliteDatabase) {}

  static async open(path: string): Promise<Filler> {
    const { database } = await openDatabase(path);
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 4096');
    return new Filler(database);
  }

  fillTo(mails: number): void {
    for (let missing = mails - this.#waiting(); missing > 0; missing -= CHUNK) {
      this.database.exec('BEGIN IMMEDIATE');
      this.database.prepare(MAILS).run(Math.min(missing, CHUNK));
      this.database.prepare(BODIES).run();
      this.database.exec('COMMIT');
    }
    this.#rest();
  }

  /** Flushes gigabytes of pending writes, which would slow the measurement. */
  #rest(): void {
    this.database.exec(
      'PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA synchronous = OFF',
    );
  }

  /** Removes the mails added since. */
  cutTo(mails: number): void {
    this.database.prepare(NEWEST).run(mails - 1);
    this.database.prepare(ORPHANS).run();
  }

  close(): void {
    this.database.close();
  }

  #waiting(): number {
    return this.database.prepare(WAITING).get()?.integer('mails') ?? 0;
  }
}
