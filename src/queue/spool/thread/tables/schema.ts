import { MailError } from '../../../../errors/mail-error.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { inTransaction } from '../../../sqlite/transaction.js';
import { STATES } from '../../../record/queue-record.js';

/** `MRSP`: distinguishes a spool from another application's database. */
const APPLICATION_ID = 0x4d_52_53_50;

/**
 * `body`: bodies have a table of their own, because an UPDATE rewrites the whole row, and a mail changes its state at
 * least twice. `claim` only grows: a holder of an earlier claim cannot settle the mail. `outcomes`: see `outcomesAfter`.
 * `label`: a `MailSummary`, encrypted if there is a key. `tally`: number of mails by state, kept by triggers, because
 * counting would cost a scan. `fact`: named values: the spool's id, the proof of its key, the spools it has taken over.
 */
const FIRST = `
CREATE TABLE mail (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  mailer TEXT NOT NULL,
  state INTEGER NOT NULL,
  priority INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  ready_at INTEGER NOT NULL, -- when it can be claimed: due_at, or the end of its lease
  expires_at INTEGER NOT NULL,
  ended_at INTEGER,
  attempt INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  claim INTEGER NOT NULL DEFAULT 0,
  outcomes TEXT,
  key BLOB,
  label BLOB NOT NULL
) STRICT;
CREATE INDEX mail_claimable ON mail (mailer, priority, ready_at) WHERE state < 2;
CREATE INDEX mail_ended ON mail (state) WHERE state > 1;
CREATE INDEX mail_kept ON mail (state, ended_at) WHERE state > 1;
CREATE UNIQUE INDEX mail_key ON mail (key) WHERE key IS NOT NULL;

CREATE TABLE body (
  seq INTEGER PRIMARY KEY,
  checksum INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;

CREATE TABLE attempt (
  seq INTEGER NOT NULL,
  claim INTEGER NOT NULL,
  record BLOB NOT NULL,
  PRIMARY KEY (seq, claim)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (state INTEGER PRIMARY KEY, mails INTEGER NOT NULL) STRICT;
INSERT INTO tally VALUES ${STATES.map((_, number) => `(${number}, 0)`).join(', ')};
CREATE TRIGGER mail_added AFTER INSERT ON mail BEGIN
  UPDATE tally SET mails = mails + 1 WHERE state = new.state;
END;
CREATE TRIGGER mail_removed AFTER DELETE ON mail BEGIN
  UPDATE tally SET mails = mails - 1 WHERE state = old.state;
END;
CREATE TRIGGER mail_moved AFTER UPDATE OF state ON mail WHEN old.state <> new.state BEGIN
  UPDATE tally SET mails = mails - 1 WHERE state = old.state;
  UPDATE tally SET mails = mails + 1 WHERE state = new.state;
END;

CREATE TABLE fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
`;

/** `set_at`: the time to which `ready_at` is relative; 0 for an absolute date. If it lies ahead, the clock was set back. */
const SECOND = 'ALTER TABLE mail ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0;';

/**
 * `date_at`: the Date of a mail without one of its own. `dated_by`: number of the claim that fixed it, NULL before that, and
 * 0 if the message has its own Date. `default_expiry`: 1 if no caller gave `expires_at`.
 */
const THIRD = `
ALTER TABLE mail ADD COLUMN date_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN dated_by INTEGER DEFAULT 0;
ALTER TABLE mail ADD COLUMN default_expiry INTEGER NOT NULL DEFAULT 0;
`;

/** Mailers of one priority lie together, so that a claim can go from each to the next without those of another. */
const FOURTH = `
DROP INDEX mail_claimable;
CREATE INDEX mail_turn ON mail (priority, mailer, ready_at) WHERE state < 2;
`;

/** Migrations from version n to n + 1. Append, never change: spools of every version exist. */
const MIGRATIONS: readonly string[] = [FIRST, SECOND, THIRD, FOURTH];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the database to this schema. Several processes may try at once: one of them does it.
 * @throws {MailError} `config` if it is not a spool, or one of a later version; then nothing is changed
 */
export function migrate(database: SqliteDatabase, path: string): void {
  if (versionOf(database, path) === SCHEMA_VERSION) return;
  inTransaction(database, () => {
    const version = versionOf(database, path);
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`);
  });
}

/**
 * Reads the version of the schema, which also proves that the file is a database.
 * @throws {MailError} `config`
 */
export function versionOf(database: SqliteDatabase, path: string): number {
  const { version, application, tables } = identify(database);
  const isNew = version === 0 && application === 0 && tables === 0;
  if (!isNew && application !== APPLICATION_ID) {
    throw new MailError(
      'config',
      `${path} is another application's SQLite database, not a mail spool. Name another file; this one was left as it is.`,
    );
  }
  if (version > SCHEMA_VERSION) {
    throw new MailError(
      'config',
      `The mail spool ${path} was written by a later version of nest-mailroom (schema ${version}; this one knows ${SCHEMA_VERSION}). Update nest-mailroom, or name another file; this one was left as it is.`,
    );
  }
  return version;
}

/** One statement: between two, another process could make a spool of an empty file. */
const IDENTITY = `
SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema) AS tables
FROM pragma_user_version, pragma_application_id`;

function identify(database: SqliteDatabase) {
  const row = database.prepare(IDENTITY).get();
  return {
    version: row?.integer('user_version') ?? 0,
    application: row?.integer('application_id') ?? 0,
    tables: row?.integer('tables') ?? 0,
  };
}
