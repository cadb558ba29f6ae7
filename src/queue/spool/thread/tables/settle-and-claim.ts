import { MailError } from '../../../../errors/mail-error.js';
import type { ClaimMailsRequest, ClaimReply, SettleRequest } from '../../channel/protocol.js';
import type { Claims } from './claims.js';
import { isHeld, type Outcome, outcomeOf } from './group-commit.js';
import type { Settlements } from './settlements.js';
import type { DiskReserve } from '../disk/disk-reserve.js';
import { needsRescue } from '../disk/spool-files.js';

interface SettledAndClaimed {
  readonly settled: readonly Outcome<void>[];
  readonly claimed: readonly Outcome<ClaimReply>[];
}

/**
 * Ends claims and claims the next mails in one transaction: a busy worker does both at a time, and waits for the
 * disk once. No claim may become durable before a settlement that was requested with it, or a crash would leave
 * more mails in doubt than were under way.
 */
export class SettleAndClaim {
  readonly #settlements: Settlements;
  readonly #claims: Claims;
  readonly #reserve: DiskReserve;

  constructor(settlements: Settlements, claims: Claims, reserve: DiskReserve) {
    this.#settlements = settlements;
    this.#claims = claims;
    this.#reserve = reserve;
  }

  run(settles: readonly SettleRequest[], claims: readonly ClaimMailsRequest[]): SettledAndClaimed {
    try {
      return this.#together(settles, claims);
    } catch (error) {
      if (isHeld(error) || needsRescue(error))
        return { settled: settles.map(() => ({ error })), claimed: claims.map(() => ({ error })) };
      return this.#oneByOne(settles, claims);
    }
  }

  #together(settles: readonly SettleRequest[], claims: readonly ClaimMailsRequest[]): SettledAndClaimed {
    const replies = this.#reserve.transact(() => {
      for (const settle of settles) this.#settlements.apply(settle);
      return claims.map((claim) => ({ claim, reply: this.#claims.apply(claim) }));
    });
    this.#settlements.forget(settles);
    for (const { claim, reply } of replies) this.#claims.keep(claim, reply);
    return {
      settled: settles.map(() => ({ reply: undefined })),
      claimed: replies.map(({ reply }) => ({ reply })),
    };
  }

  /** One settlement that cannot be written must not hold up the others. */
  #oneByOne(settles: readonly SettleRequest[], claims: readonly ClaimMailsRequest[]): SettledAndClaimed {
    const settled = this.#settlements.settleAll(settles);
    const isSettled = settled.every((outcome) => 'reply' in outcome);
    const claim = (request: ClaimMailsRequest): ClaimReply => {
      if (isSettled) return this.#claims.claim(request);
      throw unsettled();
    };
    return { settled, claimed: claims.map((request) => outcomeOf(() => claim(request))) };
  }
}

function unsettled(): MailError {
  return new MailError(
    'transport-unavailable',
    'No mail was taken from the spool: what became of those before could not be written down.',
  );
}
