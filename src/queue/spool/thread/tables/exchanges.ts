import type { ClaimReply, ExchangeReply, ExchangeRequest } from '../../channel/protocol.js';
import type { DiskReserve } from '../disk/disk-reserve.js';
import { needsRescue } from '../disk/spool-files.js';
import { faultOf } from '../spool-fault.js';
import type { Claims } from './claims.js';
import { isHeld, type Outcome, outcomeOf } from './group-commit.js';
import type { Settlements } from './settlements.js';

const NOTHING: ClaimReply = { claims: [], corrupt: [] };

/**
 * Ends claims and claims the next mails in one transaction: a busy worker does both at a time, and waits for the
 * disk once. A worker claims nothing while one of its settlements fails, or a crash would leave more mails in doubt than
 * were under way.
 */
export class Exchanges {
  readonly #settlements: Settlements;
  readonly #claims: Claims;
  readonly #reserve: DiskReserve;
  /** For messages. */
  readonly #path: string;

  constructor(settlements: Settlements, claims: Claims, reserve: DiskReserve, path: string) {
    this.#settlements = settlements;
    this.#claims = claims;
    this.#reserve = reserve;
    this.#path = path;
  }

  run(exchanges: readonly ExchangeRequest[]): readonly Outcome<ExchangeReply>[] {
    try {
      return this.#together(exchanges);
    } catch (error) {
      if (isHeld(error) || needsRescue(error)) return exchanges.map(() => ({ error }));
      return exchanges.map((exchange) => outcomeOf(() => this.#alone(exchange)));
    }
  }

  #together(exchanges: readonly ExchangeRequest[]): readonly Outcome<ExchangeReply>[] {
    const claimed = this.#reserve.transact(() => {
      for (const { settles } of exchanges) for (const settle of settles) this.#settlements.apply(settle);
      return exchanges.map(({ claim }) => (claim ? this.#claims.apply(claim) : NOTHING));
    });
    return exchanges.map(({ settles, claim }, index) => {
      this.#settlements.forget(settles);
      const reply = claimed[index] ?? NOTHING;
      if (claim) this.#claims.keep(claim, reply);
      return { reply: { ...reply, unsettled: [] } };
    });
  }

  /** One settlement that cannot be written must not hold up the others. */
  #alone({ settles, claim }: ExchangeRequest): ExchangeReply {
    const outcomes = this.#settlements.settleAll(settles);
    const unsettled = outcomes.flatMap((outcome, index) => {
      const seq = settles[index]?.seq;
      if ('reply' in outcome || seq === undefined) return [];
      if (needsRescue(outcome.error)) throw outcome.error;
      return [{ seq, fault: faultOf(outcome.error, this.#path) }];
    });
    const reply = claim && unsettled.length === 0 ? this.#claims.claim(claim) : NOTHING;
    return { ...reply, unsettled };
  }
}
