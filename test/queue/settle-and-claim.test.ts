import { SettleAndClaim } from '../../src/queue/spool/thread/tables/settle-and-claim.js';
import { SqliteCode } from '../../src/queue/sqlite/sqlite-code.js';

type Parts = ConstructorParameters<typeof SettleAndClaim>;

test('settlements and claims that another process holds up fail as one, without a second wait', () => {
  let tries = 0;
  const reserve = {
    transact: () => {
      tries += 1;
      throw Object.assign(new Error('held'), { errcode: SqliteCode.busy });
    },
  };
  // Settled and claimed by themselves, each would be one more transaction.
  const settlements = { settleAll: () => reserve.transact() };
  const claims = { claim: () => reserve.transact() };
  const settleAndClaim = new SettleAndClaim(...([settlements, claims, reserve] as unknown as Parts));
  const settle = { seq: 1, now: 0, settlement: { kind: 'released' } } as const;
  const claim = { mailer: 'default', limit: 1, now: 0, leasedUntil: 1 };
  const { settled, claimed } = settleAndClaim.run([settle, settle], [claim]);
  expect([...settled, ...claimed].map((outcome) => 'error' in outcome)).toEqual([true, true, true]);
  expect(tries).toBe(1);
});
