import { crc32 } from 'node:zlib';
import { checkLayout, checkSum } from '../../../record/message-bytes.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { SqliteRow } from '../../../sqlite/row.js';

const STORED = `SELECT ${wholeColumns('checksum')}, ${byteColumns('content')} FROM body WHERE seq = ?`;

/** The bodies of the mails that may still be sent, each with its checksum. */
export class BodyTable {
  readonly #database: SqliteDatabase;
  readonly #cipher: RecordCipher;

  constructor(database: SqliteDatabase, cipher: RecordCipher) {
    this.#database = database;
    this.#cipher = cipher;
  }

  insert(seq: number, body: Uint8Array): void {
    const content = this.#cipher.encrypt(body);
    this.#database
      .prepare('INSERT INTO body (seq, checksum, content) VALUES (?, ?, ?)')
      .run(seq, crc32(content), content);
  }

  remove(seq: number): void {
    this.#database.prepare('DELETE FROM body WHERE seq = ?').run(seq);
  }

  stored(seq: number): SqliteRow | undefined {
    return this.#database.prepare(STORED).get(seq);
  }

  /**
   * Returns the body in a buffer of its own: posting a slice to another thread would post the whole buffer.
   * @throws {Error} that says for a log why the body cannot be trusted
   */
  opened(stored: SqliteRow | undefined): Uint8Array {
    if (!stored) throw new Error('its record is missing');
    const content = stored.bytes('content');
    checkSum(content, stored.integer('checksum'));
    const body = this.#cipher.decrypt(content);
    checkLayout(body);
    return new Uint8Array(body);
  }
}
