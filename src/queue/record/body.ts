import { crc32 } from 'node:zlib';
import { byteColumns, wholeColumns } from '../sqlite/columns.js';
import type { SqliteDatabase } from '../sqlite/database.js';
import type { Row } from '../sqlite/row.js';
import { isKnownLayout } from './message-bytes.js';
import type { RecordCipher } from './record-cipher.js';

const STORED = `SELECT ${wholeColumns('checksum')}, ${byteColumns('content')} FROM body WHERE seq = ?`;

/** The bodies of the mails that may still be sent, checked by a sum against rot and torn writes. */
export class BodyTable {
  constructor(
    private readonly database: SqliteDatabase,
    private readonly seal: RecordCipher,
  ) {}

  insert(seq: number, body: Uint8Array): void {
    const content = this.seal.close(body);
    this.database
      .prepare('INSERT INTO body (seq, checksum, content) VALUES (?, ?, ?)')
      .run(seq, crc32(content), content);
  }

  remove(seq: number): void {
    this.database.prepare('DELETE FROM body WHERE seq = ?').run(seq);
  }

  stored(seq: number): Row | undefined {
    return this.database.prepare(STORED).get(seq);
  }

  /**
   * The body, in a buffer of its own: whoever posts a slice to another thread posts the whole it is cut of.
   * @throws {Error} that says why it cannot be trusted, for a log
   */
  opened(stored: Row | undefined): Uint8Array {
    if (!stored) throw new Error('its record is missing');
    const body = this.seal.open(checked(stored));
    if (!isKnownLayout(body)) throw new Error(`its record is of a version (${body[0]}) that is unknown here`);
    return new Uint8Array(body);
  }
}

function checked(stored: Row): Uint8Array {
  const content = stored.bytes('content');
  if (content.byteLength === 0) throw new Error('its record is empty');
  if (crc32(content) !== stored.integer('checksum')) {
    throw new Error('its record does not match its checksum');
  }
  return content;
}
