import type { QueueState } from '../queue/mail-queue.js';
import type { RedisStore } from './redis/redis-store.js';
import { listOf, numberOf } from './redis/reply.js';

/** Milliseconds that mails are kept after their end. */
export interface Retention {
  readonly retention: number;
  /** For what somebody may want to look at, and retry. */
  readonly failedRetention: number;
}

/** Removes what ended long enough ago. What is `ambiguous` waits for somebody. */
export async function prune(
  store: RedisStore,
  now: Date,
  { retention, failedRetention }: Retention,
): Promise<void> {
  const before = now.getTime() - retention;
  const failedBefore = now.getTime() - failedRetention;
  for (const mailer of await store.mailers()) {
    await pruneSet(store, mailer, 'completed', before, ['sent']);
    await pruneSet(store, mailer, 'cancelled', before, ['cancelled']);
    await pruneSet(store, mailer, 'failed', failedBefore, ['dead', 'expired', 'corrupt']);
  }
}

async function pruneSet(
  store: RedisStore,
  mailer: string,
  set: string,
  before: number,
  states: readonly QueueState[],
): Promise<void> {
  let offset = 0;
  for (;;) {
    const reply = await store.run('mail:prune', mailer, [set, before, offset, ...states]);
    const [seen, removed] = listOf(reply).map(numberOf);
    if (!seen) return;
    offset += seen - (removed ?? 0);
  }
}
