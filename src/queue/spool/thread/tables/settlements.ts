import { byteColumns } from '../../../sqlite/columns.js';
import type { SqliteDatabase } from '../../../sqlite/database.js';
import { stateNumber } from '../../../record/mail-state.js';
import { outcomesAfter } from '../../../record/outcomes.js';
import type { SettleRequest, StoredAttempt, StoredSettlement } from '../../channel/protocol.js';
import type { BodyTable } from '../../../record/body.js';
import { commitTogether, type Outcome } from './group-commit.js';
import type { HeldClaims } from './held-claims.js';
import { openedLabel } from '../../../record/label.js';
import type { RecordCipher } from '../../../record/record-cipher.js';
import type { DiskReserve } from '../disk/disk-reserve.js';

const SENT = stateNumber('sent');
const HELD = `WHERE seq = ? AND claim = ? AND state = ${stateNumber('sending')}`;
const END = `
UPDATE mail SET state = ?, ended_at = ?, crashes = 0, dated_by = iif(?, dated_by, nullif(dated_by, claim)) ${HELD}`;
const WAIT = `
UPDATE mail SET state = ${stateNumber('waiting')}, due_at = ?, ready_at = ?, set_at = ?, crashes = 0 ${HELD}`;
const RELEASE = `
UPDATE mail SET state = ${stateNumber('waiting')}, attempt = attempt - 1,
  due_at = coalesce(?, due_at), ready_at = coalesce(?, due_at), set_at = ?,
  dated_by = nullif(dated_by, claim) ${HELD}`;

const DECIDED = `SELECT ${byteColumns('label', 'outcomes')} FROM mail WHERE seq = ?`;

type Ending = Extract<StoredSettlement, { readonly kind: 'ended' }>;

/** How claims end. */
export class Settlements {
  constructor(
    private readonly database: SqliteDatabase,
    private readonly bodies: BodyTable,
    private readonly seal: RecordCipher,
    private readonly held: HeldClaims,
    private readonly room: DiskReserve,
  ) {}

  settleAll(requests: readonly SettleRequest[]): readonly Outcome<void>[] {
    const outcomes = commitTogether(
      (body) => this.room.transact(body),
      requests,
      (request) => this.apply(request),
    );
    this.forget(requests.filter((_, index) => outcomes[index] && 'reply' in outcomes[index]));
    return outcomes;
  }

  /** Not before the commit: what could not be written can be settled again. */
  forget(requests: readonly SettleRequest[]): void {
    for (const { seq } of requests) this.held.drop(seq);
  }

  /** Inside a transaction; `forget` is to follow it. */
  apply({ seq, now, settlement }: SettleRequest): void {
    const claim = this.held.claimOf(seq);
    if (claim === undefined || !this.#move(seq, claim, settlement, now)) return;
    if (settlement.kind === 'released' || !settlement.attempt) return;
    this.#record(seq, claim, settlement.attempt);
    // A mail that was sent needs no more outcomes; what it cost to read its recipients is saved.
    if (settlement.kind === 'waiting' || settlement.state !== SENT) this.#decide(seq, settlement.attempt);
  }

  /** @returns whether the claim was still held */
  #move(seq: number, claim: number, settlement: StoredSettlement, now: number): boolean {
    if (settlement.kind === 'ended') return this.#end(seq, claim, settlement, now);
    const dueAt = settlement.dueAt ?? null;
    const sql = settlement.kind === 'waiting' ? WAIT : RELEASE;
    return this.database.prepare(sql).run(dueAt, dueAt, now, seq, claim).changes > 0;
  }

  #end(seq: number, claim: number, { state, attempt }: Ending, now: number): boolean {
    const wasTried = attempt ? 1 : 0;
    const isHeld = this.database.prepare(END).run(state, now, wasTried, seq, claim).changes > 0;
    if (isHeld && state === SENT) this.bodies.remove(seq);
    return isHeld;
  }

  #record(seq: number, claim: number, { json }: StoredAttempt): void {
    const record = this.seal.close(Buffer.from(json));
    this.database
      .prepare('INSERT INTO attempt (seq, claim, record) VALUES (?, ?, ?)')
      .run(seq, claim, record);
  }

  #decide(seq: number, attempt: StoredAttempt): void {
    if (attempt.accepted.length === 0 && attempt.refused.length === 0) return;
    const row = this.database.prepare(DECIDED).get(seq);
    if (!row) return;
    const { to } = openedLabel(row.bytes('label'), this.seal);
    const earlier = row.isNull('outcomes') ? undefined : row.text('outcomes');
    this.database
      .prepare('UPDATE mail SET outcomes = ? WHERE seq = ?')
      .run(outcomesAfter(earlier, to, attempt), seq);
  }
}
