import { randomBytes } from 'node:crypto';
import { MailError } from '../../../errors/mail-error.js';
import { byteColumns } from '../../sqlite/columns.js';
import type { SqliteDatabase } from '../../sqlite/database.js';
import { openDatabase } from '../../sqlite/open-database.js';
import { isDamage } from '../../sqlite/sqlite-code.js';
import type { OpenRequest } from '../channel/protocol.js';
import { Additions } from './tables/additions.js';
import { BodyTable } from '../../record/body.js';
import { Claims } from './tables/claims.js';
import { Handover } from './tables/handover.js';
import { HeldClaims } from './tables/held-claims.js';
import { Operations } from './tables/operations.js';
import { preparePlace } from './disk/place.js';
import { migrate, versionOf } from './tables/schema.js';
import { RecordCipher } from '../../record/record-cipher.js';
import { Settlements } from './tables/settlements.js';
import { DiskReserve } from './disk/disk-reserve.js';
import { removeStaleLog, SpoolFiles, statOf } from './disk/spool-files.js';
import { Maintenance } from './tables/maintenance.js';

/** How long another process may hold the write lock, in ms. */
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

/** Kept sealed in the file, so that another key is noticed before it makes every mail unreadable. */
const PROOF = 'nest-mailroom';

/** The spool's database, opened, with all that is done to it. */
export class SpoolStore {
  readonly additions: Additions;
  readonly claims: Claims;
  readonly handover: Handover;
  readonly operations: Operations;
  readonly upkeep: Maintenance;
  readonly files: SpoolFiles;
  readonly held: HeldClaims;
  /** Drawn when the spool was made; a copy has the same. */
  #id: string;
  /** A sentence each. */
  readonly warnings: readonly string[];

  private constructor(
    readonly database: SqliteDatabase,
    readonly seal: RecordCipher,
    readonly request: OpenRequest,
    warnings: readonly string[],
  ) {
    const { path, maxBacklog, held: claims, mailers } = request;
    this.#id = identify(database);
    this.files = new SpoolFiles(path);
    const bodies = new BodyTable(database, seal);
    const held = new HeldClaims(claims);
    this.held = held;
    const room = new DiskReserve(database, this.files, path);
    this.additions = new Additions(database, bodies, seal, room, maxBacklog);
    this.claims = new Claims(database, bodies, held, room);
    const settlements = new Settlements(database, bodies, seal, held, room);
    this.handover = new Handover(settlements, this.claims, room);
    this.operations = new Operations(database, bodies, seal, room);
    this.upkeep = new Maintenance(database, room);
    const unseen = mailers ? unlessDamaged(() => this.upkeep.unknownMailers(mailers)) : [];
    this.warnings = [...warnings, ...unseen.map(([mailer, mails]) => unseenMails(path, mailer, mails))];
  }

  /** @throws what the driver throws, and {MailError} `config` */
  static async open(request: OpenRequest): Promise<SpoolStore> {
    const { path, encryptionKey } = request;
    const warnings = await preparePlace(path);
    const { database } = await openDatabase(path);
    try {
      configure(database, path);
      const seal = new RecordCipher(encryptionKey);
      prove(database, seal, path);
      return new SpoolStore(database, seal, request, warnings);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  get id(): string {
    return this.#id;
  }

  /** It is a copy of another one, which goes on in it: the next copy is one of this. */
  renameSelf(): void {
    this.database.prepare("DELETE FROM fact WHERE name = 'id'").run();
    this.#id = identify(this.database);
  }

  /** Writes the log back, if no other process has the spool open. */
  close(): void {
    this.database.close();
  }
}

/** Nothing of what is damaged: mails go on, and where that is in their way it is put right when they are taken. */
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
  // Before anything is written: what is no spool must be left as it is.
  const version = versionOf(database, path);
  if (version === 0) begin(database, path);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(SETTINGS);
  migrate(database, path);
}

/** The lock keeps others from making a spool of the file meanwhile. */
function begin(database: SqliteDatabase, path: string): void {
  database.exec('BEGIN EXCLUSIVE');
  try {
    if (statOf(path)?.size === 0n) removeStaleLog(path);
  } finally {
    database.exec('ROLLBACK');
  }
  // Writes the first page; says nothing to a database that has one.
  database.exec('PRAGMA auto_vacuum = INCREMENTAL');
}

/** @throws {MailError} `config` when the spool was encrypted with another key */
function prove(database: SqliteDatabase, seal: RecordCipher, path: string): void {
  const proof = sealed(database);
  if (proof) return check(proof, seal, path);
  if (seal.isClear) return;
  unlessDamaged(() => {
    const insert = database.prepare("INSERT OR IGNORE INTO fact (name, value) VALUES ('proof', ?)");
    return [insert.run(seal.close(Buffer.from(PROOF)))];
  });
}

/** Any label proves as much where the page with the proof is damaged. */
function sealed(database: SqliteDatabase): Uint8Array | undefined {
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

function check(proof: Uint8Array, seal: RecordCipher, path: string): void {
  try {
    seal.open(proof);
  } catch (error) {
    const found = seal.isClear ? 'no key was given' : 'another key was given';
    throw new MailError(
      'config',
      `The mail spool ${path} is encrypted, and ${found}. Give the key it was written with (MAIL_SPOOL_KEY, or encryptionKey), or name another file.`,
      { cause: error },
    );
  }
}
