import { byteColumns } from '../../../sqlite/columns.js';
import { outcomesAfter } from '../../../record/outcomes.js';
import { stateNumber } from '../../../record/queue-record.js';
import type { StoredAttempt } from '../../../record/stored-attempt.js';
import { decryptSummary } from '../../../record/summary.js';
import type { SettleRequest, StoredSettlement } from '../../channel/protocol.js';
import { commitTogether, type Outcome } from './group-commit.js';
import type { OpenSpool } from './open-spool.js';

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

/** Ends claims. */
export class Settlements {
  readonly #spool: OpenSpool;

  constructor(spool: OpenSpool) {
    this.#spool = spool;
  }

  settleAll(requests: readonly SettleRequest[]): readonly Outcome<void>[] {
    const outcomes = commitTogether(
      (body) => this.#spool.reserve.transact(body),
      requests,
      (request) => this.apply(request),
    );
    this.forget(requests.filter((_, index) => outcomes[index] && 'reply' in outcomes[index]));
    return outcomes;
  }

  /** Must be called after the commit of `apply`: a settlement that was not written can be repeated. */
  forget(requests: readonly SettleRequest[]): void {
    for (const { seq } of requests) this.#spool.held.delete(seq);
  }

  /** Must be called inside a transaction; `forget` follows its commit. */
  apply({ seq, now, settlement }: SettleRequest): void {
    const claim = this.#spool.held.get(seq);
    if (claim === undefined || !this.#move(seq, claim, settlement, now)) return;
    if (settlement.kind === 'released' || !settlement.attempt) return;
    this.#record(seq, claim, settlement.attempt);
    // A sent mail needs no outcomes: this saves reading its recipients.
    if (settlement.kind === 'waiting' || settlement.state !== SENT) this.#decide(seq, settlement.attempt);
  }

  /** @returns whether the claim was still held */
  #move(seq: number, claim: number, settlement: StoredSettlement, now: number): boolean {
    if (settlement.kind === 'ended') return this.#end(seq, claim, settlement, now);
    const dueAt = settlement.dueAt ?? null;
    const sql = settlement.kind === 'waiting' ? WAIT : RELEASE;
    return this.#spool.database.prepare(sql).run(dueAt, dueAt, now, seq, claim).changes > 0;
  }

  #end(seq: number, claim: number, { state, attempt }: Ending, now: number): boolean {
    const wasTried = attempt ? 1 : 0;
    const isHeld = this.#spool.database.prepare(END).run(state, now, wasTried, seq, claim).changes > 0;
    if (isHeld && state === SENT) this.#spool.bodies.remove(seq);
    return isHeld;
  }

  #record(seq: number, claim: number, { json }: StoredAttempt): void {
    const record = this.#spool.cipher.encrypt(Buffer.from(json));
    this.#spool.database
      .prepare('INSERT INTO attempt (seq, claim, record) VALUES (?, ?, ?)')
      .run(seq, claim, record);
  }

  #decide(seq: number, attempt: StoredAttempt): void {
    if (attempt.accepted.length === 0 && attempt.refused.length === 0) return;
    const row = this.#spool.database.prepare(DECIDED).get(seq);
    if (!row) return;
    const { to } = decryptSummary(row.bytes('label'), this.#spool.cipher);
    const earlier = row.isNull('outcomes') ? undefined : row.text('outcomes');
    this.#spool.database
      .prepare('UPDATE mail SET outcomes = ? WHERE seq = ?')
      .run(outcomesAfter(earlier, to, attempt), seq);
  }
}
