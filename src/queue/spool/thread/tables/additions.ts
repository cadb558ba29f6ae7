import { MailError } from '../../../../errors/mail-error.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { stateNumber } from '../../../record/mail-state.js';
import { messageBytes } from '../../../record/message-bytes.js';
import type { AddReply, AddRequest } from '../../channel/protocol.js';
import type { BodyTable } from '../../../record/body.js';
import { commitTogether, type Outcome } from './group-commit.js';
import { closedLabel, openedLabel } from '../../../record/label.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import type { DiskReserve } from '../disk/disk-reserve.js';

const INSERT = `
INSERT INTO mail (mailer, state, priority, queued_at, due_at, ready_at, expires_at, key, label, set_at,
  date_at, dated_by, default_expiry)
VALUES (?, ${stateNumber('waiting')}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const BACKLOG = `
SELECT sum(mails) AS mails FROM tally WHERE state IN (${stateNumber('waiting')}, ${stateNumber('sending')})`;
const FIRST_WITH_KEY = `SELECT seq, ${wholeColumns('due_at')}, ${byteColumns('label')} FROM mail WHERE key = ?`;

/** How mails come in. */
export class Additions {
  /** Exact while a transaction holds the write lock, and of no use else. */
  #backlog = 0;

  constructor(
    private readonly database: SqliteDatabase,
    private readonly bodies: BodyTable,
    private readonly seal: RecordCipher,
    private readonly room: DiskReserve,
    private readonly maxBacklog: number,
  ) {}

  /** Durable when this returns, those that are not refused. */
  addAll(requests: readonly AddRequest[]): readonly Outcome<AddReply>[] {
    try {
      if (!this.room.keep()) throw noRoom();
    } catch (error) {
      return requests.map(() => ({ error }));
    }
    return commitTogether(
      (body) =>
        this.room.write(() => {
          this.#countBacklog();
          return body();
        }),
      requests,
      (request) => this.#add(request),
    );
  }

  /** Nobody can come between the look for the key and the insert: the transaction holds the write lock. */
  #add(request: AddRequest): AddReply {
    const key = this.#keyOf(request);
    const first = key && this.#firstWith(key);
    if (first) return first;
    this.#holdBound();
    const seq = this.#insert(request, key);
    this.bodies.insert(seq, messageBytes(request.message));
    this.#backlog += 1;
    return { seq, messageId: request.label.messageId, dueAt: request.dueAt, duplicate: false };
  }

  #keyOf({ mailer, idempotencyKey }: AddRequest): Uint8Array | undefined {
    if (idempotencyKey === undefined) return undefined;
    return this.seal.digest(JSON.stringify([mailer, idempotencyKey]));
  }

  #firstWith(key: Uint8Array): AddReply | undefined {
    const row = this.database.prepare(FIRST_WITH_KEY).get(key);
    if (!row) return undefined;
    const { messageId } = openedLabel(row.bytes('label'), this.seal);
    return { seq: row.integer('seq'), messageId, dueAt: row.integer('due_at'), duplicate: true };
  }

  #countBacklog(): void {
    this.#backlog = this.database.prepare(BACKLOG).get()?.integer('mails') ?? 0;
  }

  #holdBound(): void {
    if (this.#backlog < this.maxBacklog) return;
    throw new MailError(
      'queue-full',
      `${this.#backlog} mails wait in the spool, as many as it may hold; the mail was not queued. Find out why they do not leave, or raise maxBacklog.`,
    );
  }

  #insert(request: AddRequest, key: Uint8Array | undefined): number {
    const { mailer, priority, queuedAt, dueAt, isDated, expiresAt } = request;
    const label = closedLabel(request.label, this.seal);
    const setAt = isDated ? 0 : queuedAt;
    const dates = [request.date, request.hasDefaultDate ? null : 0, request.hasDefaultExpiry ? 1 : 0];
    const { lastInsertRowid } = this.database
      .prepare(INSERT)
      .run(mailer, priority, queuedAt, dueAt, dueAt, expiresAt, key ?? null, label, setAt, ...dates);
    return lastInsertRowid;
  }
}

/** The room for mails to leave is in use. */
function noRoom(): MailError {
  return new MailError(
    'queue-full',
    'The disk of the mail spool is full: nothing was written. What is queued is safe and leaves; make room.',
  );
}
