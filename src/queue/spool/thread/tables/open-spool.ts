import type { RecordCipher } from '../../../record/record-cipher.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { DiskReserve } from '../disk/disk-reserve.js';
import type { BodyTable } from './bodies.js';

/** An open spool, as its tables share it. */
export interface OpenSpool {
  readonly database: SqliteDatabase;
  readonly bodies: BodyTable;
  readonly cipher: RecordCipher;
  /** The claims that this spool holds and may settle: number of the claim by number of the mail. */
  readonly held: Map<number, number>;
  readonly reserve: DiskReserve;
}
