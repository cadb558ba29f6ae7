import type { JobState } from 'bullmq';
import type { MailSelection, QueueEntry, QueueFilter, QueueState } from '../queue/mail-queue.js';
import { matches } from '../queue/record/queue-record.js';
import type { Lane } from './lane.js';
import type { MailJob } from './record/mail-job.js';
import { mailPlace } from './record/mail-queue-name.js';
import { isIndexed, type RedisStore } from './redis/redis-store.js';

/** A mail as a look at the store finds it. */
export interface FoundMail {
  readonly lane: Lane;
  readonly found: MailJob;
  readonly place: JobState;
  readonly entry: QueueEntry;
}

/** Mails looked at together. */
const PAGE = 100;

/** Where BullMQ has the mails of a state. */
const PLACES = {
  waiting: ['delayed', 'prioritized', 'waiting'],
  sending: ['active'],
  sent: ['completed'],
  dead: ['failed'],
  ambiguous: ['failed'],
  expired: ['failed'],
  corrupt: ['failed'],
  cancelled: [],
} as const satisfies Record<QueueState, readonly JobState[]>;
const ALL = ['active', 'delayed', 'prioritized', 'waiting', 'completed', 'failed'] as const;

/** Where mails are listed, the last ones first. */
interface Listing {
  ids(from: number, to: number): Promise<readonly string[]>;
  read(id: string): Promise<Listed | undefined>;
}

interface Listed {
  readonly entry: QueueEntry;
  /** Rises in the order mails were queued. */
  readonly order: number;
}

export async function listMails(
  store: RedisStore,
  filter: QueueFilter,
  limit: number,
  now: Date,
): Promise<readonly QueueEntry[]> {
  const lanes = await lanesOf(store, filter);
  const listings = lanes.flatMap((lane) => listingsOf(store, lane, filter.state, now));
  const found = await Promise.all(listings.map((listing) => firstOf(listing, filter, limit)));
  const newest = found.flat().toSorted((a, b) => b.order - a.order);
  return newest.slice(0, limit).map(({ entry }) => entry);
}

async function firstOf(listing: Listing, filter: QueueFilter, limit: number): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for (let from = 0; found.length < limit; from += PAGE) {
    const ids = await listing.ids(from, from + PAGE - 1);
    const listed = await Promise.all(ids.map((id) => listing.read(id)));
    found.push(...listed.flatMap((mail) => (mail && matches(mail.entry, filter) ? [mail] : [])));
    if (ids.length < PAGE) break;
  }
  return found.slice(0, limit);
}

function listingsOf(
  store: RedisStore,
  lane: Lane,
  state: QueueState | undefined,
  now: Date,
): readonly Listing[] {
  const jobs = (state === undefined ? ALL : PLACES[state]).map((place) => ({
    ids: (from: number, to: number) => idsIn(store, lane, place, state, from, to),
    read: async (id: string) => {
      const mail = await lane.read(id);
      return mail && { entry: mail.entryIn(place, now), order: mail.mail.order };
    },
  }));
  if (state !== undefined && state !== 'cancelled') return jobs;
  const cancelled = store.cancelled(lane.mailer);
  const read = async (id: string): Promise<Listed | undefined> => {
    const entry = await cancelled.read(id);
    return entry && { entry, order: entry.queuedAt.getTime() };
  };
  return [...jobs, { ids: (from, to) => cancelled.times.ids(from, to), read }];
}

/** Of a state that has an index, those in the index. */
function idsIn(
  store: RedisStore,
  { mailer, queue }: Lane,
  place: JobState,
  state: QueueState | undefined,
  from = 0,
  to = -1,
): Promise<readonly string[]> {
  if (state !== undefined && isIndexed(state)) return store.ids(mailer, state).ids(from, to);
  return queue.getRanges([place], from, to);
}

async function lanesOf(store: RedisStore, { mailer }: QueueFilter): Promise<readonly Lane[]> {
  if (mailer === undefined) return store.lanes();
  const lane = await store.knownLane(mailer);
  return lane ? [lane] : [];
}

/** A mail by its id. */
export async function entryWith(store: RedisStore, id: string, now: Date): Promise<QueueEntry | undefined> {
  const [place] = await placesOf(store, { id }, []);
  if (!place) return undefined;
  return (await mailAt(place, now))?.entry ?? store.cancelled(place.lane.mailer).read(place.jobId);
}

/**
 * Does something with every job that matches in one of the states; resolves with how often it had an effect. All are
 * found before any is changed, which would move the rest.
 */
export async function eachMail(
  store: RedisStore,
  { id, ...filter }: MailSelection,
  states: readonly QueueState[],
  now: Date,
  work: (mail: FoundMail) => Promise<boolean>,
): Promise<number> {
  const wanted = states.filter((state) => filter.state === undefined || filter.state === state);
  const places = await placesOf(store, { id, ...filter }, wanted);
  let count = 0;
  for (let from = 0; from < places.length; from += PAGE) {
    const done = places.slice(from, from + PAGE).map(async (place) => {
      const mail = await mailAt(place, now);
      return mail && wanted.includes(mail.entry.state) && matches(mail.entry, filter) && work(mail);
    });
    count += (await Promise.all(done)).filter(Boolean).length;
  }
  return count;
}

interface Place {
  readonly lane: Lane;
  readonly jobId: string;
}

async function mailAt({ lane, jobId }: Place, now: Date): Promise<FoundMail | undefined> {
  const [found, place] = await Promise.all([lane.read(jobId), lane.queue.getJobState(jobId)]);
  if (!found || place === 'unknown') return undefined;
  return { lane, found, place, entry: found.entryIn(place, now) };
}

async function placesOf(
  store: RedisStore,
  { id, ...filter }: MailSelection,
  states: readonly QueueState[],
): Promise<readonly Place[]> {
  if (id !== undefined) {
    const at = mailPlace(id);
    const lane = at && (await store.knownLane(at.mailer));
    return lane ? [{ lane, jobId: at.jobId }] : [];
  }
  const lanes = await lanesOf(store, filter);
  const found = lanes.flatMap((lane) =>
    states.flatMap((state) =>
      PLACES[state].map(async (place) =>
        (await idsIn(store, lane, place, state)).map((jobId) => ({ lane, jobId })),
      ),
    ),
  );
  return (await Promise.all(found)).flat();
}
