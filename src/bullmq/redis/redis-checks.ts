import type { Redis } from 'ioredis';

/** Warns the operator of settings with which Redis may lose mails, a sentence for each. */
export async function redisWarnings(redis: Redis, place: string): Promise<readonly string[]> {
  const [policy, appendOnly, sync] = await Promise.all([
    setting(redis, 'maxmemory-policy'),
    setting(redis, 'appendonly'),
    setting(redis, 'appendfsync'),
  ]);
  const warnings: string[] = [];
  if (policy !== undefined && policy !== 'noeviction') {
    warnings.push(
      `Redis at ${place} throws data away when its memory is full (maxmemory-policy ${policy}): mails would be lost. Set it to noeviction.`,
    );
  }
  if (appendOnly === 'no') {
    warnings.push(
      `Redis at ${place} writes no append-only file (appendonly no): a crash loses what was queued since its last snapshot. Set appendonly yes and appendfsync always.`,
    );
  } else if (sync !== undefined && sync !== 'always') {
    warnings.push(
      `Redis at ${place} writes to its disk a second late or more (appendfsync ${sync}): a power cut loses what was queued meanwhile. Set appendfsync always, or accept that.`,
    );
  }
  return warnings;
}

/** Undefined where it is not told: services often keep CONFIG to themselves. */
async function setting(redis: Redis, name: string): Promise<string | undefined> {
  try {
    const reply: unknown = await redis.config('GET', name);
    const value: unknown = Array.isArray(reply) ? reply[1] : undefined;
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
