import { parentPort, workerData } from 'node:worker_threads';
import type { RawStoreOptions, Rows } from './raw-store.js';

const SCHEMA = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA cache_size = -16384;
PRAGMA wal_autocheckpoint = 4096;
CREATE TABLE mail (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, mailer TEXT NOT NULL, state INTEGER NOT NULL, priority INTEGER NOT NULL,
  queued_at INTEGER NOT NULL, due_at INTEGER NOT NULL, ready_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
  ended_at INTEGER, attempt INTEGER NOT NULL DEFAULT 0, crashes INTEGER NOT NULL DEFAULT 0,
  claim INTEGER NOT NULL DEFAULT 0, outcomes TEXT, key BLOB, label BLOB NOT NULL
) STRICT;
CREATE INDEX mail_claimable ON mail (mailer, priority, ready_at) WHERE state < 2;
CREATE INDEX mail_ended ON mail (state) WHERE state > 1;
CREATE INDEX mail_kept ON mail (state, ended_at) WHERE state > 1;
CREATE UNIQUE INDEX mail_key ON mail (key) WHERE key IS NOT NULL;
CREATE TABLE body (seq INTEGER PRIMARY KEY, checksum INTEGER NOT NULL, content BLOB NOT NULL) STRICT;
`;
const MAIL = `
INSERT INTO mail (mailer, state, priority, queued_at, due_at, ready_at, expires_at, label)
VALUES ('default', 0, 1, ?, ?, ?, ?, ?)`;
const BODY = 'INSERT INTO body (seq, checksum, content) VALUES (?, ?, ?)';

interface Statement {
  run(...values: readonly unknown[]): { readonly lastInsertRowid: number | bigint };
}
interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
}

async function open(path: string): Promise<Database> {
  const builtin: unknown = process.getBuiltinModule('node:sqlite');
  if (isNodeSqlite(builtin)) return new builtin.DatabaseSync(path);
  const { default: Libsql } = await import('libsql');
  return new Libsql(path);
}

function isNodeSqlite(value: unknown): value is { readonly DatabaseSync: new (path: string) => Database } {
  return typeof value === 'object' && value !== null && 'DatabaseSync' in value;
}

function isOptions(value: unknown): value is RawStoreOptions {
  return typeof value === 'object' && value !== null && 'path' in value && 'body' in value;
}

const options: unknown = workerData;
if (!isOptions(options) || !parentPort) throw new TypeError('expected to be a thread of the raw store');
const port = parentPort;
const [label, body] = [Buffer.from(options.label), Buffer.from(options.body)];
const database = await open(options.path);
database.exec(SCHEMA);
const mail = database.prepare(MAIL);
const bodies = database.prepare(BODY);

function write({ count, batch }: Rows): void {
  for (let written = 0; written < count; written += batch) {
    database.exec('BEGIN IMMEDIATE');
    for (let row = written; row < Math.min(written + batch, count); row++) {
      const now = Date.now();
      const { lastInsertRowid } = mail.run(now, now, now, now, label);
      bodies.run(Number(lastInsertRowid), row, body);
    }
    database.exec('COMMIT');
  }
}

port.on('message', (rows: Rows) => {
  write(rows);
  port.postMessage('durable', []);
});
