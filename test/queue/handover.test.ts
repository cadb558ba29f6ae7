import { Handover } from '../../src/queue/spool/thread/tables/handover.js';
import { SqliteCode } from '../../src/queue/sqlite/sqlite-code.js';

type Parts = ConstructorParameters<typeof Handover>;

test('what another process holds up fails as one: nothing of it is tried, and waited for, by itself', () => {
  let tries = 0;
  const room = {
    transact: () => {
      tries += 1;
      throw Object.assign(new Error('held'), { errcode: SqliteCode.busy });
    },
  };
  // Settled and claimed by themselves, each would be one more transaction.
  const settlements = { settleAll: () => room.transact() };
  const claims = { claim: () => room.transact() };
  const handover = new Handover(...([settlements, claims, room] as unknown as Parts));
  const settle = { seq: 1, now: 0, settlement: { kind: 'released' } } as const;
  const claim = { mailer: 'default', limit: 1, now: 0, leasedUntil: 1 };
  const { settled, claimed } = handover.run([settle, settle], [claim]);
  expect([...settled, ...claimed].map((outcome) => 'error' in outcome)).toEqual([true, true, true]);
  expect(tries).toBe(1);
});
