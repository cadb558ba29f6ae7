import { MailError } from '../../../mail.errors.js';
import type { SqliteDatabase } from '../../sqlite/database.js';
import { openDatabase } from '../../sqlite/open-database.js';
import type { OpenRequest } from '../protocol.js';
import { Additions } from './additions.js';
import { BodyTable } from './body.js';
import { Claims } from './claims.js';
import { Handover } from './handover.js';
import { HeldClaims } from './held-claims.js';
import { Operations } from './operations.js';
import { preparePlace } from './place.js';
import { migrate, versionOf } from './schema.js';
import { Seal } from './seal.js';
import { Settlements } from './settlements.js';
import { SpareRoom } from './spare-room.js';
import { Upkeep } from './upkeep.js';

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

/** Kept sealed in the file, so that another key is noticed before it makes every mail unreadable. */
const PROOF = 'nest-mailroom';

/** The spool's database, opened, with all that is done to it. */
export class SpoolStore {
  readonly additions: Additions;
  readonly claims: Claims;
  readonly handover: Handover;
  readonly operations: Operations;
  readonly upkeep: Upkeep;
  /** A sentence each. */
  readonly warnings: readonly string[];

  private constructor(
    private readonly database: SqliteDatabase,
    seal: Seal,
    { path, maxBacklog, held: claims, mailers }: OpenRequest,
    warnings: readonly string[],
  ) {
    const bodies = new BodyTable(database, seal);
    const held = new HeldClaims(claims);
    const room = new SpareRoom(database, path);
    this.additions = new Additions(database, bodies, seal, room, maxBacklog);
    this.claims = new Claims(database, bodies, held, room);
    const settlements = new Settlements(database, bodies, seal, held, room);
    this.handover = new Handover(settlements, this.claims, room);
    this.operations = new Operations(database, bodies, seal, room);
    this.upkeep = new Upkeep(database, room);
    const unseen = mailers ? this.upkeep.unknownMailers(mailers) : [];
    this.warnings = [...warnings, ...unseen.map(([mailer, mails]) => unseenMails(path, mailer, mails))];
  }

  /** @throws what the driver throws, and {MailError} `config` */
  static async open(request: OpenRequest): Promise<SpoolStore> {
    const { path, encryptionKey } = request;
    const warnings = await preparePlace(path);
    const { database } = await openDatabase(path);
    try {
      configure(database, path);
      const seal = new Seal(encryptionKey);
      prove(database, seal, path);
      return new SpoolStore(database, seal, request, warnings);
    } catch (error) {
      database.close();
      throw error;
    }
  }

  /** Writes the log back, if no other process has the spool open. */
  close(): void {
    this.database.close();
  }
}

function unseenMails(path: string, mailer: string, mails: number): string {
  const wait = mails === 1 ? '1 mail waits' : `${mails} mails wait`;
  return `${wait} in the mail spool ${path} for the mailer '${mailer}', which this application does not have: nobody here sends them. Configure it under mailers, or cancel them: cancel({ mailer: '${mailer}' })`;
}

function configure(database: SqliteDatabase, path: string): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
  // Before anything is written: what is no spool must be left as it is.
  const version = versionOf(database, path);
  if (version === 0) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(SETTINGS);
  migrate(database, path);
}

/** @throws {MailError} `config` when the spool was encrypted with another key */
function prove(database: SqliteDatabase, seal: Seal, path: string): void {
  const proof = database.prepare("SELECT value FROM fact WHERE name = 'proof'").get();
  if (proof) return check(proof.bytes('value'), seal, path);
  if (seal.isClear) return;
  database
    .prepare("INSERT OR IGNORE INTO fact (name, value) VALUES ('proof', ?)")
    .run(seal.close(Buffer.from(PROOF)));
}

function check(proof: Uint8Array, seal: Seal, path: string): void {
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
