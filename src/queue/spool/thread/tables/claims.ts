import { messageOf } from '../../../../errors/mail-error.js';
import { byteColumns, wholeColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import type { Row } from '../../../sqlite/row.js';
import { PRIORITIES, stateNumber } from '../../../record/mail-state.js';
import type {
  ClaimMailsRequest,
  ClaimReply,
  CorruptRecord,
  ExtendRequest,
  StoredClaim,
} from '../../channel/protocol.js';
import type { BodyTable } from '../../../record/body.js';
import type { HeldClaims } from './held-claims.js';
import type { DiskReserve } from '../disk/disk-reserve.js';

/** `state < 2`, as the index has it: mails that wait, and mails whose lease ran out. */
export const CLAIMABLE = `
SELECT seq, ${wholeColumns('state', 'priority', 'attempt', 'crashes', 'claim', 'queued_at', 'expires_at')},
  ${wholeColumns('default_expiry', 'date_at', 'dated_by')}, ${byteColumns('outcomes')}
FROM mail
WHERE state < 2 AND mailer = ? AND priority = ? AND ready_at <= ?
ORDER BY ready_at, seq LIMIT ?`;
const TAKE = `
UPDATE mail SET state = ${stateNumber('sending')}, ready_at = ?, set_at = ?, attempt = ?, crashes = ?, claim = ?,
  date_at = coalesce(?, date_at), dated_by = coalesce(dated_by, ?)
WHERE seq = ?`;
const EXTEND = `
UPDATE mail SET ready_at = ?, set_at = ? WHERE seq = ? AND claim = ? AND state = ${stateNumber('sending')}`;
const SET_ASIDE = `UPDATE mail SET state = ${stateNumber('corrupt')}, ended_at = ? WHERE seq = ?`;

const BRING_FORWARD = `
UPDATE mail SET ready_at = ready_at - set_at + ?, due_at = due_at - set_at + ?, set_at = ?
WHERE state < 2 AND mailer = ? AND priority = ? AND ready_at > ? AND set_at > ?`;
/** Milliseconds a clock may go back before anything is done about it. */
const LEAP = 1_000;

/** Bodies beyond this wait for the next claim, so that 100 mails of 25 MB do not come at once. */
const MAX_BYTES = 32 * 1024 ** 2;

/** How mails are taken to be sent. */
export class Claims {
  /** When it was, by mailer: the first of this thread cannot know what the clock did before. */
  readonly #lastClaim = new Map<string, number>();

  constructor(
    private readonly database: SqliteDatabase,
    private readonly bodies: BodyTable,
    private readonly held: HeldClaims,
    private readonly room: DiskReserve,
  ) {}

  /** The attempts have begun when this returns: that they count is durable. */
  claim(request: ClaimMailsRequest): ClaimReply {
    const reply = this.room.transact(() => this.apply(request));
    this.keep(request, reply);
    return reply;
  }

  /** Not before the commit. */
  keep({ mailer, now }: ClaimMailsRequest, { claims }: ClaimReply): void {
    this.#lastClaim.set(mailer, now);
    for (const { seq, claim } of claims) this.held.keep(seq, claim);
  }

  /** Inside a transaction; `keep` is to follow it. */
  apply(request: ClaimMailsRequest): ClaimReply {
    const found = new Gathered(request.limit);
    this.#followClock(request);
    for (const priority of PRIORITIES.keys()) this.#claimLane(request, priority, found);
    return { claims: found.taken, corrupt: found.corrupt };
  }

  /**
   * What waits until a time that was reckoned by a clock since set back waits as long as it was meant to,
   * from now on, and not until the clock is there again.
   */
  #followClock({ mailer, now }: ClaimMailsRequest): void {
    const last = this.#lastClaim.get(mailer) ?? Infinity;
    if (now > last - LEAP) return;
    for (const priority of PRIORITIES.keys()) {
      this.database.prepare(BRING_FORWARD).run(now, now, now, mailer, priority, now, now + LEAP);
    }
  }

  /** Looks again for as long as what it found was unreadable: that leaves the lane, so every look gets on. */
  #claimLane(request: ClaimMailsRequest, priority: number, gathered: Gathered): void {
    let unreadable: number;
    do {
      unreadable = gathered.corrupt.length;
      const rows = this.database.prepare(CLAIMABLE).all(request.mailer, priority, request.now, gathered.room);
      for (const row of rows) {
        if (gathered.room > 0 && !gathered.has(row)) this.#take(row, request, gathered);
      }
    } while (gathered.corrupt.length > unreadable && gathered.room > 0);
  }

  #take(row: Row, { mailer, now, leasedUntil }: ClaimMailsRequest, gathered: Gathered): void {
    const seq = row.integer('seq');
    const body = this.#bodyOf(seq);
    if (typeof body === 'string') {
      this.database.prepare(SET_ASIDE).run(now, seq);
      gathered.corrupt.push({ seq, mailer, reason: body });
      return;
    }
    const taken = takenFrom(row, body, now);
    const { attempt, crashes, claim, date = null } = taken;
    this.database.prepare(TAKE).run(leasedUntil, now, attempt, crashes, claim, date, claim, seq);
    gathered.add(taken);
  }

  /** Or why it cannot be read. Only what is wrong with this one record is its own fault. */
  #bodyOf(seq: number): Uint8Array | string {
    const stored = this.bodies.stored(seq);
    try {
      return this.bodies.opened(stored);
    } catch (error) {
      return messageOf(error);
    }
  }

  extend({ seqs, now, leasedUntil }: ExtendRequest): readonly number[] {
    return this.room.transact(() =>
      seqs.filter((seq) => {
        const claim = this.held.claimOf(seq);
        if (claim === undefined) return false;
        return this.database.prepare(EXTEND).run(leasedUntil, now, seq, claim).changes > 0;
      }),
    );
  }

  /** For what was read and could not be understood. */
  setAside(seq: number, now: number): void {
    const claim = this.held.claimOf(seq);
    if (claim === undefined) return;
    this.database.prepare(`${SET_ASIDE} AND claim = ?`).run(now, seq, claim);
    this.held.drop(seq);
  }
}

function takenFrom(row: Row, body: Uint8Array, now: number): StoredClaim {
  const lapsed = row.integer('state') === stateNumber('sending');
  return {
    seq: row.integer('seq'),
    body,
    priority: row.integer('priority'),
    outcomes: row.isNull('outcomes') ? undefined : row.text('outcomes'),
    attempt: row.integer('attempt') + 1,
    crashes: row.integer('crashes') + (lapsed ? 1 : 0),
    claim: row.integer('claim') + 1,
    queuedAt: row.integer('queued_at'),
    expiresAt: row.integer('expires_at'),
    hasDefaultExpiry: row.integer('default_expiry') === 1,
    date: dateOf(row, now),
  };
}

/** That of the first attempt stays; undefined where the message has its own. */
function dateOf(row: Row, now: number): number | undefined {
  if (row.isNull('dated_by')) return Math.min(row.integer('date_at'), now);
  return row.integer('dated_by') === 0 ? undefined : row.integer('date_at');
}

/** What a claim has found so far. */
class Gathered {
  readonly taken: StoredClaim[] = [];
  readonly #seqs = new Set<number>();
  readonly corrupt: CorruptRecord[] = [];
  #bytes = 0;

  constructor(private readonly limit: number) {}

  add(taken: StoredClaim): void {
    this.taken.push(taken);
    this.#seqs.add(taken.seq);
    this.#bytes += taken.body.byteLength;
  }

  /** Taken already, with a lease that ends before it begins. */
  has(row: Row): boolean {
    return this.#seqs.has(row.integer('seq'));
  }

  /** How many more may come. */
  get room(): number {
    return this.#bytes < MAX_BYTES ? this.limit - this.taken.length : 0;
  }
}
