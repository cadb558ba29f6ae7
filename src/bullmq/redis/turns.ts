import type { Redis } from 'ioredis';
import type { TurnsReply, TurnsRequest } from '../../queue/turn-store.js';

/**
 * Takes turns of one limit: see `TurnStore`. Its hash has the number of turns taken so far, the last `max` of them by their
 * number with the times they come, and the store's time when it was last asked: that of Redis, and `ahead` where that was
 * set back. The key goes when its last turn is a span ago.
 */
const SCRIPT = `
local key, max, per, time, waits = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), redis.call('TIME'), {}
local function get(field) return tonumber(redis.call('HGET', key, field) or 0) end
local clock, count = time[1] * 1000 + math.floor(time[2] / 1000), get('count')
local ahead = math.max(get('ahead'), get('now') - clock); local now = clock + ahead
local function wait(turns) return math.max(0, get(count - max + math.min(turns, max)) + per - now) end
for i = 3, #ARGV, 2 do waits[#waits + 1] = wait(tonumber(ARGV[i])); if waits[#waits] <= tonumber(ARGV[i + 1]) then
  for _ = 1, ARGV[i] do redis.call('HSET', key, count + 1, math.max(now + waits[#waits], get(count + 1 - max) + per))
    count = count + 1; redis.call('HDEL', key, count - max) end end end
redis.call('HSET', key, 'count', count, 'now', now, 'ahead', ahead)
redis.call('PEXPIRE', key, math.max(1, get(count) + per - now)); waits[#waits + 1] = wait(1); return waits
`.trim();

/** @throws {Error} of Redis */
export async function takeTurns(
  redis: Redis,
  key: string,
  { max, per, wanted }: Omit<TurnsRequest, 'limit'>,
): Promise<TurnsReply> {
  const pairs = wanted.flatMap(({ turns, withinMs }) => [turns, Math.floor(withinMs)]);
  const reply: unknown = await redis.eval(SCRIPT, 1, key, max, per, ...pairs);
  const times = Array.isArray(reply) ? reply.map(Number) : [];
  return { waits: times.slice(0, -1), next: times.at(-1) ?? 0 };
}
