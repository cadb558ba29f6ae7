import { claimAt, type Clock, clockChecks, DAY, mailAt, MINUTE } from '../queue/clock-checks.js';
import { redisOfSuite } from './redis-of-suite.js';

const LEASES = 'test:mail-default:leases';
const LIMITER = 'test:mail-default:limiter';

const suite = redisOfSuite();
const clock: Clock = { now: Date.now() };
const START = clock.now;
beforeEach(() => {
  clock.now = START;
  // BullMQ asks the process itself.
  jest.spyOn(Date, 'now').mockImplementation(() => clock.now);
});

/** Redis' own clock cannot be set: what it reckoned with is set ahead instead. */
async function setRedisBack(ms: number): Promise<void> {
  for (const id of await suite.redis.zrange(LEASES, '0', '-1')) await suite.redis.zincrby(LEASES, ms, id);
  const left = await suite.redis.pttl(LIMITER);
  if (left > 0) await suite.redis.pexpire(LIMITER, left + ms);
}

describe('the clock of the process is set back by a day', () => {
  clockChecks(clock, { open: suite.open, lapse: (ms) => setRedisBack(-ms) });
});

test('the clock of Redis is set back by a day: leases and the rate limit end as they were to', async () => {
  const queue = await suite.open({ rateLimits: new Map([['default', { max: 1, per: MINUTE }]]) });
  await queue.add(mailAt(clock.now));
  await queue.add(mailAt(clock.now));
  expect(await claimAt(queue, clock.now)).toHaveLength(1);
  await setRedisBack(DAY);
  expect(await claimAt(queue, clock.now)).toEqual([]);
  expect(await suite.redis.pttl(LIMITER)).toBeLessThanOrEqual(MINUTE);
  await suite.redis.set(LIMITER, Number.MAX_SAFE_INTEGER, 'PX', DAY);
  expect(await claimAt(queue, clock.now)).toEqual([]);
  expect(await suite.redis.pttl(LIMITER)).toBeGreaterThan(MINUTE);
  await suite.redis.del(LIMITER);
  await setRedisBack(-MINUTE);
  expect(await claimAt(queue, clock.now)).toMatchObject([{ crashes: 1 }]);
});
