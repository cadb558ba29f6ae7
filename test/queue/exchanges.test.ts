import { Exchanges } from '../../src/queue/spool/thread/tables/exchanges.js';
import { SqliteCode } from '../../src/queue/sqlite/sqlite-code.js';

test('exchanges that another process holds up fail as one, without a second wait', () => {
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
  const exchanges = new Exchanges(...([settlements, claims, reserve, 'spool.db'] as unknown as Parts));
  const settle = { seq: 1, now: 0, settlement: { kind: 'released' } } as const;
  const claim = { mailer: 'default', limit: 1, now: 0, leasedUntil: 1 };
  const outcomes = exchanges.run([
    { settles: [settle, settle], claim },
    { settles: [settle], claim: undefined },
  ]);
  expect(outcomes.map((outcome) => 'error' in outcome)).toEqual([true, true]);
  expect(tries).toBe(1);
});

type Parts = ConstructorParameters<typeof Exchanges>;
