import { MailError } from '../../../../errors/mail-error.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import { messageBytes } from '../../../record/message-bytes.js';
import { stateNumber } from '../../../record/queue-record.js';
import { decryptSummary, encryptSummary } from '../../../record/summary.js';
import type { AddReply, AddRequest } from '../../channel/protocol.js';
import { commitTogether, type Outcome } from './group-commit.js';
import type { OpenSpool } from './open-spool.js';

const INSERT = `
INSERT INTO mail (mailer, state, priority, queued_at, due_at, ready_at, expires_at, key, label, set_at,
  date_at, dated_by, default_expiry)
VALUES (?, ${stateNumber('waiting')}, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const BACKLOG = `
SELECT sum(mails) AS mails FROM tally WHERE state IN (${stateNumber('waiting')}, ${stateNumber('sending')})`;
const FIRST_WITH_KEY = `SELECT seq, ${wholeColumns('due_at')}, ${byteColumns('label')} FROM mail WHERE key = ?`;

/** Adds mails to the spool. */
export class Additions {
  readonly #spool: OpenSpool;
  readonly #maxBacklog: number;
  /** Exact only while a transaction holds the write lock. */
  #backlog = 0;

  constructor(spool: OpenSpool, maxBacklog: number) {
    this.#spool = spool;
    this.#maxBacklog = maxBacklog;
  }

  /** Every mail that is not refused is durable when this returns. */
  addAll(requests: readonly AddRequest[]): readonly Outcome<AddReply>[] {
    const { reserve } = this.#spool;
    try {
      if (!reserve.keep()) throw noRoom();
    } catch (error) {
      return requests.map(() => ({ error }));
    }
    return commitTogether(
      (body) =>
        reserve.write(() => {
          this.#countBacklog();
          return body();
        }),
      requests,
      (request) => this.#add(request),
    );
  }

  /** No other process can insert a mail with the same key in between: the transaction holds the write lock. */
  #add(request: AddRequest): AddReply {
    const key = this.#keyOf(request);
    const first = key && this.#firstWith(key);
    if (first) return first;
    this.#refuseBeyondLimit();
    const seq = this.#insert(request, key);
    this.#spool.bodies.insert(seq, messageBytes(request.message));
    this.#backlog += 1;
    return { seq, messageId: request.summary.messageId, dueAt: request.dueAt, duplicate: false };
  }

  #keyOf({ mailer, idempotencyKey }: AddRequest): Uint8Array | undefined {
    if (idempotencyKey === undefined) return undefined;
    return this.#spool.cipher.digest(JSON.stringify([mailer, idempotencyKey]));
  }

  #firstWith(key: Uint8Array): AddReply | undefined {
    const row = this.#spool.database.prepare(FIRST_WITH_KEY).get(key);
    if (!row) return undefined;
    const { messageId } = decryptSummary(row.bytes('label'), this.#spool.cipher);
    return { seq: row.integer('seq'), messageId, dueAt: row.integer('due_at'), duplicate: true };
  }

  #countBacklog(): void {
    this.#backlog = this.#spool.database.prepare(BACKLOG).get()?.integer('mails') ?? 0;
  }

  #refuseBeyondLimit(): void {
    if (this.#backlog < this.#maxBacklog) return;
    throw new MailError(
      'queue-full',
      `${this.#backlog} mails wait in the spool, as many as it may hold; the mail was not queued. Find out why they do not leave, or raise maxBacklog.`,
    );
  }

  #insert(request: AddRequest, key: Uint8Array | undefined): number {
    const { mailer, priority, queuedAt, dueAt, isDated, expiresAt } = request;
    const label = encryptSummary(request.summary, this.#spool.cipher);
    const setAt = isDated ? 0 : queuedAt;
    const dates = [request.date, request.hasDefaultDate ? null : 0, request.hasDefaultExpiry ? 1 : 0];
    const { lastInsertRowid } = this.#spool.database
      .prepare(INSERT)
      .run(mailer, priority, queuedAt, dueAt, dueAt, expiresAt, key ?? null, label, setAt, ...dates);
    return lastInsertRowid;
  }
}

/** The disk reserve is in use. */
function noRoom(): MailError {
  return new MailError(
    'queue-full',
    'The disk of the mail spool is full: nothing was written. What is queued is safe and leaves; make room.',
  );
}
