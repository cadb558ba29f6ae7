/**
 * The spool's thread with a disk of 4 MB, for where no disk can be mounted: SQLite itself says that it is
 * full. The room that the spool keeps for mails to leave is there as on a real one, once it is given up.
 */
import { SqliteDatabase } from '../../node_modules/.cache/nest-mailroom/src/queue/sqlite/database.js';

const PAGES = 1024;
const SPARE_PAGES = 1024;

const exec = SqliteDatabase.prototype.exec;
SqliteDatabase.prototype.exec = function limited(sql) {
  exec.call(this, sql);
  if (sql === 'PRAGMA journal_mode = WAL') exec.call(this, `PRAGMA max_page_count = ${PAGES}`);
  if (sql === 'PRAGMA wal_checkpoint(PASSIVE)') {
    exec.call(this, `PRAGMA max_page_count = ${PAGES + SPARE_PAGES}`);
  }
};

await import('../../node_modules/.cache/nest-mailroom/src/queue/spool/thread/spool-thread.js');
