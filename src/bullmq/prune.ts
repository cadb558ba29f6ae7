import type { Lane } from './lane.js';
import type { MailJob } from './record/mail-job.js';
import { mailIdOf, mailPlace } from './record/mail-queue-name.js';
import { summaryOf } from './record/stored-mail.js';
import { unlessGone } from './redis/job-fault.js';
import { INDEXED, type RedisStore } from './redis/redis-store.js';

/** Milliseconds that mails are kept after their end. */
export interface Retention {
  readonly retention: number;
  /** For what somebody may want to look at, and retry. */
  readonly failedRetention: number;
}

/** Milliseconds in which a mail that needs an attachment gets into the queue, or does not. */
const ARRIVAL_MS = 60_000;
/** Jobs looked at together. */
const PAGE = 100;

/**
 * Removes what ended long enough ago, and puts right what is kept beside BullMQ's jobs: a process may have died between
 * the two, and dashboards remove, clean and retry jobs.
 */
export async function prune(
  store: RedisStore,
  now: Date,
  { retention, failedRetention }: Retention,
): Promise<void> {
  const doneBefore = now.getTime() - retention;
  const failedBefore = now.getTime() - failedRetention;
  const removed = new Set<string>();
  for (const lane of await store.lanes()) {
    lane.isListed = false;
    await store.enlist(lane);
    await pruneBodies(store, lane);
    const ids = [
      ...(await lane.queue.clean(Date.now() - doneBefore, 0, 'completed')),
      ...(await pruneFailed(store, lane, failedBefore)),
    ];
    for (const id of ids) removed.add(mailIdOf(lane.mailer, id));
    await pruneCancelled(store, lane, doneBefore);
    await pruneIndexes(store, lane);
  }
  const mayCome = now.getTime() - ARRIVAL_MS;
  await store.attachments.prune(async (needer, queuedAt) => {
    const [id = ''] = needer.split(' ');
    const place = removed.has(id) ? 'completed' : await placeOf(store, id);
    return place === 'unknown' ? queuedAt > mayCome : place !== 'completed';
  });
}

async function placeOf(store: RedisStore, id: string): Promise<string> {
  const place = mailPlace(id);
  const lane = place && (await store.knownLane(place.mailer));
  return lane ? lane.queue.getJobState(place.jobId) : 'unknown';
}

/** How a mail is named among those that need an attachment: its id may be that of an earlier mail with its key. */
export function neederOf(id: string, ref: string): string {
  return `${id} ${ref}`;
}

/** Of a mail that is sent: its line in the list stays. */
export async function dropBody(store: RedisStore, { id, jobId, mailer, mail, job }: MailJob): Promise<void> {
  const returned = typeof job.returnvalue === 'object' ? job.returnvalue : undefined;
  await unlessGone(job.updateData({ ...summaryOf(mail), sent: mail.sent ?? returned ?? {} }));
  await store.attachments.release(mail.files, neederOf(id, mail.ref));
  await store.ids(mailer, 'bodies').remove([jobId]);
}

/** Of mails whose process died after they were sent. */
async function pruneBodies(store: RedisStore, lane: Lane): Promise<void> {
  for (const id of await store.ids(lane.mailer, 'bodies').ids()) {
    const place = await lane.queue.getJobState(id);
    if (place === 'active') continue;
    const mail = place === 'completed' ? await lane.read(id) : undefined;
    await (mail ? dropBody(store, mail) : store.ids(lane.mailer, 'bodies').remove([id]));
  }
}

/** Keeps `ambiguous` mails, which wait for an operator. Without any, BullMQ removes all failed jobs in one call. */
async function pruneFailed(store: RedisStore, lane: Lane, before: number): Promise<readonly string[]> {
  const held = await store.ids(lane.mailer, 'ambiguous').count();
  if (held === 0) return lane.queue.clean(Date.now() - before, 0, 'failed');
  const removed: string[] = [];
  for (let kept = 0; ;) {
    const ids = await lane.queue.getRanges(['failed'], kept, kept + PAGE - 1, true);
    const gone = await Promise.all(ids.map((id) => removeFailed(lane, id, before)));
    removed.push(...ids.filter((_, index) => gone[index]));
    kept += gone.filter((isGone) => !isGone).length;
    // The oldest come first.
    if (ids.length < PAGE || !gone.includes(true)) return removed;
  }
}

async function removeFailed(lane: Lane, id: string, before: number): Promise<boolean> {
  const mail = await lane.read(id);
  if (!mail || mail.stateIn('failed') === 'ambiguous') return false;
  if ((mail.job.finishedOn ?? before) >= before) return false;
  return (await lane.queue.getJobState(id)) === 'failed' && (await lane.queue.remove(id)) === 1;
}

/** Also of mails that were not removed after all, or came again with their key. */
async function pruneCancelled(store: RedisStore, lane: Lane, before: number): Promise<void> {
  const cancelled = store.cancelled(lane.mailer);
  await cancelled.drop(await cancelled.times.idsUpTo(before));
  await cancelled.drop(await idsNotIn(lane, await cancelled.times.ids(), ['unknown']));
}

async function pruneIndexes(store: RedisStore, lane: Lane): Promise<void> {
  for (const state of INDEXED) {
    const index = store.ids(lane.mailer, state);
    // One that is under way may be about to get there.
    await index.remove(await idsNotIn(lane, await index.ids(), ['failed', 'active']));
  }
}

async function idsNotIn(
  lane: Lane,
  ids: readonly string[],
  places: readonly string[],
): Promise<readonly string[]> {
  const others: string[] = [];
  for (let from = 0; from < ids.length; from += PAGE) {
    const some = ids.slice(from, from + PAGE);
    const found = await Promise.all(some.map((id) => lane.queue.getJobState(id)));
    others.push(...some.filter((_, index) => !places.includes(found[index] ?? '')));
  }
  return others;
}
