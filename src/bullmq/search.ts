import type { QueueFilter, QueueState } from '../queue/mail-queue.js';
import { matches } from '../queue/record/queue-record.js';
import { mailPlace } from './record/mail-queue-name.js';
import type { RedisStore } from './redis/redis-store.js';
import { listOf } from './redis/reply.js';
import { type StoredEntry, storedEntry } from './record/stored-entry.js';

export type Which = QueueFilter & { readonly id?: string | undefined };

/** Mails looked at with one command. */
const PAGE = 200;

/** What matches, the newest first; of each mailer at most `limit`. */
export async function search(
  store: RedisStore,
  { id, ...filter }: Which,
  limit = Number.POSITIVE_INFINITY,
): Promise<readonly StoredEntry[]> {
  if (id !== undefined) {
    const found = await entryOf(store, id);
    return found && matches(found.entry, filter) ? [found] : [];
  }
  const mailers = filter.mailer === undefined ? await store.mailers() : [filter.mailer];
  const found = await Promise.all(mailers.map((mailer) => searchMailer(store, mailer, filter, limit)));
  return found.flat().toSorted((a, b) => b.order - a.order);
}

export async function entryOf(store: RedisStore, id: string): Promise<StoredEntry | undefined> {
  const place = mailPlace(id);
  return place && (await read(store, place.mailer, [place.jobId]))[0];
}

async function searchMailer(
  store: RedisStore,
  mailer: string,
  filter: QueueFilter,
  limit: number,
): Promise<readonly StoredEntry[]> {
  const found: StoredEntry[] = [];
  for (let from = 0; found.length < limit; from += PAGE) {
    const ids = await store.page(mailer, setOf(filter.state), from, PAGE);
    const entries = await read(store, mailer, ids);
    found.push(...entries.filter(({ entry }) => matches(entry, filter)));
    if (ids.length < PAGE) break;
  }
  return found.slice(0, limit);
}

/** Where mails in this state are looked for. */
function setOf(state: QueueState | undefined): string {
  if (state === undefined || state === 'waiting' || state === 'sent') return 'mails';
  return state === 'sending' ? 'active' : `ended:${state}`;
}

async function read(
  store: RedisStore,
  mailer: string,
  jobIds: readonly string[],
): Promise<readonly StoredEntry[]> {
  if (jobIds.length === 0) return [];
  const found = await store.run('mail:read', mailer, jobIds);
  return listOf(found).flatMap((item) => storedEntry(item, mailer) ?? []);
}
