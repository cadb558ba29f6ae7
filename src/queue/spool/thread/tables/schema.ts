import { MailError } from '../../../../errors/mail-error.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { inTransaction } from '../../../sqlite/transaction.js';
import { STATES } from '../../../record/mail-state.js';

/** `MRSP`: tells the spool from another application's database. */
const APPLICATION_ID = 0x4d_52_53_50;

/**
 * Bodies have a table of their own: an UPDATE rewrites the whole row, and a mail changes its state at
 * least twice. `claim` only ever grows: it tells a holder whether the mail is still his. `outcomes` has a
 * letter for each envelope recipient. `tally` keeps counts that would else cost a scan.
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

/**
 * `set_at`: the time by which `ready_at` was reckoned; 0 where a date was given. When it lies ahead, the
 * clock has been set back since.
 */
const SECOND = 'ALTER TABLE mail ADD COLUMN set_at INTEGER NOT NULL DEFAULT 0;';

/**
 * `date_at`: the Date of a mail that was given none, which the claim of the number `dated_by` has fixed; NULL: none
 * has yet. 0: the message has its own, and `date_at` says nothing. `default_expiry`: nobody gave `expires_at`.
 */
const THIRD = `
ALTER TABLE mail ADD COLUMN date_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE mail ADD COLUMN dated_by INTEGER DEFAULT 0;
ALTER TABLE mail ADD COLUMN default_expiry INTEGER NOT NULL DEFAULT 0;
`;

/** From version n to n + 1, in order. Appended to, never changed: spools of every version are out there. */
const MIGRATIONS: readonly string[] = [FIRST, SECOND, THIRD];

export const SCHEMA_VERSION = MIGRATIONS.length;

/**
 * Brings the database to this schema. Several processes may try at once: one of them does it.
 * @throws {MailError} `config` when it is not a spool, or one of a later version; nothing is changed then
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
 * Reads the schema's version, and so proves that this is a database at all.
 * @throws {MailError} `config`
 */
export function versionOf(database: SqliteDatabase, path: string): number {
  const { version, application, tables } = nature(database);
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

/** In one statement: between two, another process may make a spool of what was empty. */
const NATURE = `
SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema) AS tables
FROM pragma_user_version, pragma_application_id`;

function nature(database: SqliteDatabase) {
  const row = database.prepare(NATURE).get();
  return {
    version: row?.integer('user_version') ?? 0,
    application: row?.integer('application_id') ?? 0,
    tables: row?.integer('tables') ?? 0,
  };
}
