import { freshName, sharedLimiter, turnStoreContract } from '../support/turn-store-contract.js';
import { redisOfSuite } from './redis-of-suite.js';

const suite = redisOfSuite();
const HOUR = 3_600_000;

turnStoreContract({
  stores: async () => [(await suite.open()).turns, (await suite.open()).turns],
  // Its own clock cannot be set: what it knows is moved on instead.
  setBack: async (ms) => {
    for (const key of await suite.redis.keys('test-mails:turns:*')) {
      for (const [field, value] of Object.entries(await suite.redis.hgetall(key))) {
        if (field !== 'count' && field !== 'ahead') await suite.redis.hset(key, field, Number(value) + ms);
      }
    }
  },
});

test('a limit leaves nothing behind once its last turn is a span ago', async () => {
  const { turns } = await suite.open();
  await turns.take({ limit: 'domain:a.test', max: 5, per: 50, wanted: [{ turns: 5, withinMs: 0 }] });
  expect(await suite.redis.pttl('test-mails:turns:domain%3Aa.test')).toBeGreaterThan(0);
  while ((await suite.redis.keys('*turns*')).length > 0) await new Promise(setImmediate);
});

test('it keeps no more turns than the limit has', async () => {
  const { turns } = await suite.open();
  const name = freshName();
  for (let round = 0; round < 3; round += 1) {
    await turns.take({ limit: name, max: 4, per: HOUR, wanted: [{ turns: 6, withinMs: 9 * HOUR }] });
  }
  const [key = ''] = await suite.redis.keys('*turns*');
  expect(await suite.redis.hlen(key)).toBe(4 + 3);
});

test('a queue that is not open yet, and one that is closed', async () => {
  const queue = await suite.open();
  const limiter = sharedLimiter(queue.turns, { max: 1, per: HOUR });
  expect(await limiter.reserve(0)).toBe(0);
  await queue.close();
  const request = { limit: 'mailer:x', max: 1, per: HOUR, wanted: [] };
  await expect(queue.turns.take(request)).rejects.toMatchObject({ code: 'closed' });
});
