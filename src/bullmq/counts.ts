import type { QueueStats } from '../queue/mail-queue.js';
import { isQueueState, NO_STATES, QUEUE_STATES } from '../queue/record/queue-record.js';
import type { Lane } from './lane.js';
import { INDEXED, type RedisStore } from './redis/redis-store.js';

type States = QueueStats['states'];

/** Mails of all mailers that are still to be sent. */
export async function countBacklog(store: RedisStore): Promise<number> {
  const counts = await Promise.all((await store.lanes()).map((lane) => lane.backlog()));
  return counts.reduce((sum, count) => sum + count, 0);
}

export async function statsOf(store: RedisStore, now: Date): Promise<QueueStats> {
  const lanes = await store.lanes();
  const counts = await Promise.all(lanes.map((lane) => statesOf(store, lane)));
  const states = counts.reduce(sumOf, NO_STATES);
  if (states.waiting === 0) return { states };
  const heads = await Promise.all(lanes.map((lane) => headsOf(lane, now)));
  const oldest = Math.min(...heads.flat());
  return oldest <= now.getTime() ? { states, oldestDueAt: new Date(oldest) } : { states };
}

async function statesOf(store: RedisStore, { mailer, queue }: Lane): Promise<States> {
  const [jobs, cancelled, ...indexed] = await Promise.all([
    queue.getJobCounts(),
    store.ids(mailer, 'cancelled').count(),
    ...INDEXED.map((state) => store.ids(mailer, state).count()),
  ]);
  const count = (...types: readonly string[]): number =>
    types.reduce((sum, type) => sum + (jobs[type] ?? 0), 0);
  const states = {
    ...NO_STATES,
    waiting: count('waiting', 'prioritized', 'delayed', 'waiting-children'),
    sending: count('active'),
    sent: count('completed'),
    dead: Math.max(0, count('failed') - indexed.reduce((sum, one) => sum + one, 0)),
    cancelled,
  };
  for (const [index, state] of INDEXED.entries()) states[state] = indexed[index] ?? 0;
  return states;
}

function sumOf(a: States, b: States): States {
  const sum = { ...a };
  for (const state of QUEUE_STATES) if (isQueueState(state)) sum[state] += b[state];
  return sum;
}

/** Due times of those that are next: of delayed mails, of those that go ahead, and of each lane by priority. */
async function headsOf(lane: Lane, now: Date): Promise<readonly number[]> {
  const { queue } = lane;
  const [delayed, lanes, ahead] = await Promise.all([
    lane.nextDelayed(now),
    queue.getCountsPerPriority([1, 2, 3]),
    queue.getRanges(['waiting'], 0, 0, true),
  ]);
  let at = 0;
  const heads = Object.values(lanes).flatMap((count) => {
    const head = count > 0 ? [queue.getRanges(['prioritized'], at, at, true)] : [];
    at += count;
    return head;
  });
  const ids = [...ahead, ...(await Promise.all(heads)).flat()];
  const mails = await Promise.all(ids.map((id) => lane.read(id)));
  const due = mails.flatMap((mail) => mail?.entryIn('prioritized', now).dueAt ?? []);
  return [...due, ...(delayed ? [delayed] : [])].map((date) => date.getTime());
}
