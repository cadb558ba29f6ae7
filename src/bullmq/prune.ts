import type { QueueState } from '../queue/mail-queue.js';
import type { RedisStore } from './redis-store.js';
import { listOf, numberOf } from './reply.js';

/** Milliseconds for which mails are kept that somebody may want to look at and retry: 30 days. */
const FAILED_MS = 30 * 24 * 3_600_000;

/** Removes what ended long enough ago. What is `ambiguous` waits for somebody. */
export async function prune(store: RedisStore, now: Date, retention: number): Promise<void> {
  const before = now.getTime() - retention;
  for (const mailer of await store.mailers()) {
    await pruneSet(store, mailer, 'completed', before, ['sent']);
    await pruneSet(store, mailer, 'cancelled', before, ['cancelled']);
    await pruneSet(store, mailer, 'failed', now.getTime() - FAILED_MS, ['dead', 'expired', 'corrupt']);
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
