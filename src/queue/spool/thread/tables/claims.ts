import { messageOf } from '../../../../errors/mail-error.js';
import type { MailerChoice, OtherMailers } from '../../../mail-queue.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteRow } from '../../../sqlite/row.js';
import { pinOf } from '../../../record/outcomes.js';
import { claimed, CLOCK_LEAP_MS, PRIORITIES, stateNumber } from '../../../record/queue-record.js';
import { attemptFrom } from '../../../record/stored-attempt.js';
import type {
  ClaimMailsRequest,
  ClaimReply,
  CorruptRecord,
  ExtendRequest,
  SetAsideRequest,
  StoredClaim,
} from '../../channel/protocol.js';
import type { OpenSpool } from './open-spool.js';
import { MailerTurns } from './mailer-turns.js';

/** Waiting mails, and mails whose lease ran out. The index needs `state < 2`. */
export const CLAIMABLE = `
SELECT seq, ${wholeColumns('state', 'priority', 'attempt', 'crashes', 'claim', 'queued_at', 'expires_at')},
  ${wholeColumns('default_expiry', 'date_at', 'dated_by')}, ${byteColumns('outcomes')}
FROM mail
WHERE state < 2 AND mailer = ? AND priority = ? AND ready_at <= ?
ORDER BY ready_at, seq LIMIT ?`;
const TAKE = `
UPDATE mail SET state = ${stateNumber('sending')}, ready_at = ?, set_at = ?, attempt = ?, crashes = ?, claim = ?,
  date_at = ?, dated_by = ?
WHERE seq = ?`;
const EXTEND = `
UPDATE mail SET ready_at = ?, set_at = ? WHERE seq = ? AND claim = ? AND state = ${stateNumber('sending')}`;
const SET_ASIDE = `UPDATE mail SET state = ${stateNumber('corrupt')}, ended_at = ? WHERE seq = ?`;

const LAST_ATTEMPTS = `SELECT ${byteColumns('record')} FROM attempt WHERE seq = ? ORDER BY claim DESC LIMIT ?`;

const BRING_ALL_FORWARD = `
UPDATE mail SET ready_at = ready_at - set_at + ?, due_at = due_at - set_at + ?, set_at = ?
WHERE state < 2 AND priority = ? AND ready_at > ? AND set_at > ?`;
const BRING_FORWARD = `${BRING_ALL_FORWARD} AND mailer = ?`;

/** Bytes of bodies in one claim, so that 100 mails of 25 MB do not come at once. The rest wait for the next claim. */
const MAX_BYTES = 32 * 1024 ** 2;

/** A claim of one priority. */
interface LaneRequest<M> extends Omit<ClaimMailsRequest, 'mailer'> {
  readonly mailer: M;
  readonly priority: number;
}
type Lane = LaneRequest<string>;
type LaneOfOthers = LaneRequest<OtherMailers>;

/** Claims mails, so that they can be sent. */
export class Claims {
  readonly #spool: OpenSpool;
  /** Time of the last claim by mailer; empty in a new thread, which cannot know what the clock did before. */
  readonly #lastClaim = new Map<string | undefined, number>();
  readonly #turns: MailerTurns;

  constructor(spool: OpenSpool) {
    this.#spool = spool;
    this.#turns = new MailerTurns(spool.database);
  }

  /** The attempts have begun when this returns: their count is durable. */
  claim(request: ClaimMailsRequest): ClaimReply {
    const reply = this.#spool.reserve.transact(() => this.apply(request));
    this.keep(request, reply);
    return reply;
  }

  /** Must be called after the commit of `apply`. */
  keep({ mailer, now }: ClaimMailsRequest, { claims }: ClaimReply): void {
    this.#lastClaim.set(oneOf(mailer), now);
    for (const { seq, claim } of claims) this.#spool.held.set(seq, claim);
  }

  /** Must be called inside a transaction; `keep` follows its commit. */
  apply(request: ClaimMailsRequest): ClaimReply {
    const found = new ClaimBatch(request.limit);
    this.#followClock(request);
    for (const priority of PRIORITIES.keys()) {
      const { mailer } = request;
      if (typeof mailer === 'string') this.#claimLane({ ...request, mailer, priority }, found);
      else this.#claimInTurn({ ...request, mailer, priority }, found);
    }
    return { claims: found.taken, corrupt: found.corrupt };
  }

  /** See `CLOCK_LEAP_MS`. */
  #followClock({ mailer, now }: ClaimMailsRequest): void {
    const name = oneOf(mailer);
    const last = this.#lastClaim.get(name) ?? Infinity;
    if (now > last - CLOCK_LEAP_MS) return;
    const own = name === undefined ? [] : [name];
    for (const priority of PRIORITIES.keys()) {
      this.#spool.database
        .prepare(name === undefined ? BRING_ALL_FORWARD : BRING_FORWARD)
        .run(now, now, now, priority, now, now + CLOCK_LEAP_MS, ...own);
    }
  }

  /** One mail of each mailer at a time, so that the many mails of one do not delay the few of another. */
  #claimInTurn({ mailer: { except, each }, ...request }: LaneOfOthers, batch: ClaimBatch): void {
    const isLeftOut = new Set(except);
    const taken = new Map<string, number>();
    this.#turns.goRound(
      request.priority,
      () => batch.remaining === 0,
      ({ name, readyAt }) => {
        const mailer = String(name);
        const before = taken.get(mailer) ?? 0;
        if (readyAt > request.now || before >= each || isLeftOut.has(mailer)) return false;
        const size = batch.taken.length;
        this.#claimLane({ ...request, mailer }, batch, 1);
        taken.set(mailer, before + batch.taken.length - size);
        return batch.taken.length > size;
      },
    );
  }

  /** Repeats the query after unreadable mails; those leave the lane, so every query makes progress. */
  #claimLane(request: Lane, batch: ClaimBatch, most = Infinity): void {
    const { mailer, priority, now } = request;
    let unreadable: number;
    do {
      unreadable = batch.corrupt.length;
      const rows = this.#spool.database
        .prepare(CLAIMABLE)
        .all(mailer, priority, now, Math.min(most, batch.remaining));
      for (const row of rows) {
        if (batch.remaining > 0 && !batch.has(row)) this.#take(row, request, batch);
      }
    } while (batch.corrupt.length > unreadable && batch.remaining > 0);
  }

  #take(row: SqliteRow, { mailer, now, leasedUntil }: Lane, batch: ClaimBatch): void {
    const seq = row.integer('seq');
    const body = this.#bodyOf(seq);
    if (typeof body === 'string') {
      this.#spool.database.prepare(SET_ASIDE).run(now, seq);
      batch.corrupt.push({ seq, mailer, reason: body });
      return;
    }
    const taken = { ...takenFrom(row, body, now), mailer };
    const { attempt, crashes, claim, date, datedBy } = taken;
    this.#spool.database.prepare(TAKE).run(leasedUntil, now, attempt, crashes, claim, date, datedBy, seq);
    batch.add({ ...taken, pinnedTo: this.#pinOf(seq, attempt - 1) });
  }

  /** @param attempts how many came before, at most, since the mail was queued or made to wait again */
  #pinOf(seq: number, attempts: number): string | undefined {
    if (attempts === 0) return undefined;
    const rows = this.#spool.database.prepare(LAST_ATTEMPTS).all(seq, attempts).toReversed();
    return pinOf(
      rows.flatMap((row) => attemptFrom(this.#spool.cipher.decryptText(row.bytes('record'))) ?? []),
    );
  }

  /** Returns the body, or why this one record cannot be read. A fault of the file itself is thrown. */
  #bodyOf(seq: number): Uint8Array | string {
    const stored = this.#spool.bodies.stored(seq);
    try {
      return this.#spool.bodies.opened(stored);
    } catch (error) {
      return messageOf(error);
    }
  }

  extend({ seqs, now, leasedUntil }: ExtendRequest): readonly number[] {
    return this.#spool.reserve.transact(() =>
      seqs.filter((seq) => {
        const claim = this.#spool.held.get(seq);
        if (claim === undefined) return false;
        return this.#spool.database.prepare(EXTEND).run(leasedUntil, now, seq, claim).changes > 0;
      }),
    );
  }

  /** Sets a claimed mail aside whose record was read and is no mail. */
  setAside({ seq, now }: SetAsideRequest): void {
    const claim = this.#spool.held.get(seq);
    if (claim === undefined) return;
    this.#spool.database.prepare(`${SET_ASIDE} AND claim = ?`).run(now, seq, claim);
    this.#spool.held.delete(seq);
  }
}

/** The name of the one mailer that is meant. */
function oneOf(mailer: MailerChoice): string | undefined {
  return typeof mailer === 'string' ? mailer : undefined;
}

function takenFrom(row: SqliteRow, body: Uint8Array, now: number): Omit<StoredClaim, 'mailer'> {
  const isLapsed = row.integer('state') === stateNumber('sending');
  const mail = {
    attempt: row.integer('attempt'),
    crashes: row.integer('crashes'),
    claim: row.integer('claim'),
    date: row.integer('date_at'),
    datedBy: row.isNull('dated_by') ? undefined : row.integer('dated_by'),
  };
  return {
    ...claimed(mail, isLapsed, now),
    seq: row.integer('seq'),
    body,
    priority: row.integer('priority'),
    outcomes: row.isNull('outcomes') ? undefined : row.text('outcomes'),
    queuedAt: row.integer('queued_at'),
    expiresAt: row.integer('expires_at'),
    hasDefaultExpiry: row.integer('default_expiry') === 1,
  };
}

/** The mails that a claim has found so far. */
class ClaimBatch {
  readonly #limit: number;
  readonly taken: StoredClaim[] = [];
  readonly #seqs = new Set<number>();
  readonly corrupt: CorruptRecord[] = [];
  #bytes = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(taken: StoredClaim): void {
    this.taken.push(taken);
    this.#seqs.add(taken.seq);
    this.#bytes += taken.body.byteLength;
  }

  /** True for a mail that was taken already, with a lease that ended before it began. */
  has(row: SqliteRow): boolean {
    return this.#seqs.has(row.integer('seq'));
  }

  /** How many more mails may be taken. */
  get remaining(): number {
    return this.#bytes < MAX_BYTES ? this.#limit - this.taken.length : 0;
  }
}
