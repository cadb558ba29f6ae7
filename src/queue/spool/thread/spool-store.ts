import { randomBytes } from 'node:crypto';
import { MailError } from '../../../errors/mail-error.js';
import { byteColumns } from '../../sqlite/columns.js';
import type { SqliteDatabase } from '../../sqlite/database.js';
import { openDatabase } from '../../sqlite/open-database.js';
import { isDamage } from '../../sqlite/sqlite-code.js';
import type { OpenRequest } from '../channel/protocol.js';
import { Additions } from './tables/additions.js';
import { BodyTable } from './tables/bodies.js';
import { Claims } from './tables/claims.js';
import { Exchanges } from './tables/exchanges.js';
import type { OpenSpool } from './tables/open-spool.js';
import { Operations } from './tables/operations.js';
import { migrate, versionOf } from './tables/schema.js';
import { RecordCipher } from '../../record/record-cipher.js';
import { Settlements } from './tables/settlements.js';
import { DiskReserve } from './disk/disk-reserve.js';
import { prepareSpoolFile, removeStaleLog, SpoolFiles, statOf } from './disk/spool-files.js';
import { Maintenance } from './tables/maintenance.js';

/** Milliseconds for which another process may hold the write lock. */
const BUSY_TIMEOUT = 5_000;

/**
 * FULL: a commit is on the disk when it returns, also with a write-ahead log. The log is written back
 * after 16 MB and not after 4: a group of 128 mails fills more than one.
 */
const SETTINGS = `
PRAGMA synchronous = FULL;
PRAGMA cache_size = -16384;
PRAGMA wal_autocheckpoint = 4096;
`;

const factSql = (name: string): string => `SELECT ${byteColumns('value')} FROM fact WHERE name = '${name}'`;

/** Stored encrypted in the file, so that another key is noticed before it makes every mail unreadable. */
const PROOF = 'nest-mailroom';

/** The open database of a spool, and everything that works on it. */
export class SpoolStore implements OpenSpool {
  readonly database: SqliteDatabase;
  readonly bodies: BodyTable;
  readonly cipher: RecordCipher;
  readonly held: Map<number, number>;
  readonly reserve: DiskReserve;
  readonly files: SpoolFiles;
  readonly request: OpenRequest;
  readonly additions: Additions;
  readonly claims: Claims;
  readonly exchanges: Exchanges;
  readonly operations: Operations;
  readonly maintenance: Maintenance;
  /** One sentence each. */
  readonly warnings: readonly string[];
  /** Drawn when the spool was created; a copy of the file has the same. */
  #id: string;

  private constructor(
    database: SqliteDatabase,
    cipher: RecordCipher,
    request: OpenRequest,
    warnings: readonly string[],
  ) {
    const { path, maxBacklog, held, mailers } = request;
    this.database = database;
    this.cipher = cipher;
    this.request = request;
    this.#id = identify(database);
    this.files = new SpoolFiles(path);
    this.bodies = new BodyTable(database, cipher);
    this.held = new Map(held);
    this.reserve = new DiskReserve(database, this.files, path);
    this.additions = new Additions(this, maxBacklog);
    this.claims = new Claims(this);
    this.exchanges = new Exchanges(new Settlements(this), this.claims, this.reserve, path);
    this.operations = new Operations(this);
    this.maintenance = new Maintenance(this);
    const unseen = mailers ? unlessDamaged(() => this.maintenance.unknownMailers(mailers)) : [];
    this.warnings = [...warnings, ...unseen.map(([mailer, mails]) => unseenMails(path, mailer, mails))];
  }

  /** @throws {MailError} `config`, and any error of the driver */
  static async open(request: OpenRequest): Promise<SpoolStore> {
    const { path, encryptionKey } = request;
    const warnings = await prepareSpoolFile(path);
    const { database } = await openDatabase(path);
    try {
      configure(database, path);
      const cipher = new RecordCipher(encryptionKey);
      prove(database, cipher, path);
      return new SpoolStore(database, cipher, request, warnings);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get id(): string {
    return this.#id;
  }

  /** Takes a new id. A spool that goes on in a copy of itself needs one, to tell the next copy from this one. */
  renameSelf(): void {
    this.database.prepare("DELETE FROM fact WHERE name = 'id'").run();
    this.#id = identify(this.database);
  }

  /** Writes the log back, if no other process has the spool open. */
  close(): void {
    this.database.close();
  }
}

/** Reads nothing from a damaged file: mails go on, and a claim that meets the damage starts a rescue. */
function unlessDamaged<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return [];
    throw error;
  }
}

function identify(database: SqliteDatabase): string {
  const own = randomBytes(16);
  const read = (): readonly Buffer[] =>
    database
      .prepare(factSql('id'))
      .all()
      .map((row) => row.bytes('value'));
  const [known] = unlessDamaged(() => {
    if (read().length > 0) return read();
    database.prepare("INSERT OR IGNORE INTO fact (name, value) VALUES ('id', ?)").run(own);
    return read();
  });
  return (known ?? own).toString('hex');
}

function unseenMails(path: string, mailer: string, mails: number): string {
  const wait = mails === 1 ? '1 mail waits' : `${mails} mails wait`;
  return `${wait} in the mail spool ${path} for the mailer '${mailer}', which this application does not have: nobody here sends them. Configure it under mailers, or cancel them: cancel({ mailer: '${mailer}' })`;
}

function configure(database: SqliteDatabase, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  // Before anything is written: a file that is not a spool must stay as it is.
  const version = versionOf(database, path);
  if (version === 0) begin(database, path);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(SETTINGS);
  migrate(database, path);
}

function begin(database: SqliteDatabase, path: string): void {
  if (!isFirst(database, path)) return;
  // After that transaction only VACUUM makes the setting hold. It costs nothing: the file is empty.
  database.exec('PRAGMA auto_vacuum = INCREMENTAL; VACUUM;');
}

/**
 * Whether no other process has begun this spool; what is left of a deleted one is removed then. The lock keeps others
 * from beginning it meanwhile.
 */
function isFirst(database: SqliteDatabase, path: string): boolean {
  database.exec('BEGIN EXCLUSIVE');
  try {
    const isEmpty = statOf(path)?.size === 0n;
    if (isEmpty) removeStaleLog(path);
    return isEmpty;
  } finally {
    database.exec('ROLLBACK');
  }
}

/** @throws {MailError} `config` when the spool was encrypted with another key */
function prove(database: SqliteDatabase, cipher: RecordCipher, path: string): void {
  const proof = encryptedProof(database);
  if (proof) return check(proof, cipher, path);
  if (cipher.isClear) return;
  unlessDamaged(() => {
    const insert = database.prepare("INSERT OR IGNORE INTO fact (name, value) VALUES ('proof', ?)");
    return [insert.run(cipher.encrypt(Buffer.from(PROOF)))];
  });
}

/** Reads the proof; if its page is damaged, any summary proves as much. */
function encryptedProof(database: SqliteDatabase): Uint8Array | undefined {
  try {
    return database.prepare(factSql('proof')).get()?.bytes('value');
  } catch (error) {
    if (!isDamage(error)) throw error;
    return database
      .prepare(`SELECT ${byteColumns('label')} FROM mail ORDER BY seq DESC LIMIT 1`)
      .get()
      ?.bytes('label');
  }
}

function check(proof: Uint8Array, cipher: RecordCipher, path: string): void {
  try {
    cipher.decrypt(proof);
  } catch (error) {
    const found = cipher.isClear ? 'no key was given' : 'another key was given';
    throw new MailError(
      'config',
      `The mail spool ${path} is encrypted, and ${found}. Give the key it was written with (MAIL_SPOOL_KEY, or encryptionKey), or name another file.`,
      { cause: error },
    );
  }
}
