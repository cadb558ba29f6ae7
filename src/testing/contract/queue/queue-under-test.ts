import assert from 'node:assert/strict';
import { MailError } from '../../../errors/mail-error.js';
import type { RenderedMessage } from '../../../message/message.js';
import type {
  AttemptRecord,
  Claim,
  MailQueue,
  NewMail,
  PullQueue,
  PushQueue,
  QueuedMail,
  QueueEntry,
  Settlement,
} from '../../../queue/mail-queue.js';
import { renderedMessage } from '../../rendered-message.js';
import { HandedOut, PushedClaims, type QueueClock } from './pushed-claims.js';

/** A queue that mails can be taken from. */
export type WorkedQueue = PullQueue | PushQueue;

/** An empty, open queue, and access to its store from elsewhere. */
export interface QueueUnderTest {
  readonly queue: WorkedQueue;
  /** Opens another queue on the same store, as another process would; the suite closes it. */
  readonly another: () => Promise<WorkedQueue>;
  /** Needed for a queue that hands its mails out. */
  readonly clock?: QueueClock;
  /** Removes the store, after the queue was closed. */
  readonly remove: () => Promise<void>;
}

export const SECOND = 1000;
export const HOUR = 3600 * SECOND;
export const DAY = 24 * HOUR;

/** Start of the run. The queue's own clock goes on, so no check depends on less than minutes. */
export const START = Date.now();
export const at = (ms: number): Date => new Date(START + ms);
/** A little later than any mail that the suite queues as due. */
export const NOW = at(5 * 60 * SECOND);

export function newMail(parts: Partial<NewMail> = {}, message: Partial<RenderedMessage> = {}): NewMail {
  return {
    message: renderedMessage(message),
    priority: 'normal',
    dueAt: at(0),
    expiresAt: at(2 * DAY),
    ...parts,
  };
}

/** A claim, with its time and its lease. */
export interface Claiming {
  readonly mailer?: string;
  readonly limit?: number;
  readonly now?: Date;
  readonly leasedUntil?: Date;
}

const HANDS = new WeakMap<PushQueue, PushedClaims>();
/** Of queues without a clock. */
const HANDED_OUT = new HandedOut();

/** Has the mails of queues that hand them out taken at the times that the checks say. */
export function withTime({ queue, another, clock, ...rest }: QueueUnderTest): QueueUnderTest {
  const handedOut = new HandedOut();
  const timed = (opened: WorkedQueue): WorkedQueue => {
    if ('consume' in opened) HANDS.set(opened, new PushedClaims(opened, handedOut, clock));
    return opened;
  };
  return { ...rest, queue: timed(queue), another: async () => timed(await another()) };
}

function handsOf(queue: PushQueue): PushedClaims {
  const hands = HANDS.get(queue) ?? new PushedClaims(queue, HANDED_OUT);
  HANDS.set(queue, hands);
  return hands;
}

export async function claim(queue: WorkedQueue, claiming: Claiming = {}): Promise<readonly Claim[]> {
  const now = claiming.now ?? NOW;
  const leasedUntil = new Date(now.getTime() + 60 * SECOND);
  const request = { mailer: 'default', limit: 100, now, leasedUntil, ...claiming };
  if ('consume' in queue) return handsOf(queue).claim(request);
  return (await queue.exchange({ claim: request })).claims;
}

/** Ends a claim. */
export async function settle(queue: WorkedQueue, id: string, settlement: Settlement): Promise<void> {
  if ('consume' in queue) return handsOf(queue).settle(id, settlement);
  const { unsettled } = await queue.exchange({ settle: [{ id, settlement }] });
  for (const { error } of unsettled) throw error;
}

export async function claimOne(queue: WorkedQueue, claiming: Claiming = {}): Promise<Claim> {
  const [first, ...others] = await claim(queue, claiming);
  assert.ok(first && others.length === 0, 'expected one claim');
  return first;
}

export async function claimedIds(queue: WorkedQueue, claiming: Claiming = {}): Promise<readonly string[]> {
  return (await claim(queue, claiming)).map(({ id }) => id);
}

export function attempt(parts: Partial<AttemptRecord> = {}): AttemptRecord {
  return { startedAt: at(0), durationMs: 12, accepted: [], rejected: [], ...parts };
}

export async function entryOf(queue: MailQueue, { id }: Pick<QueuedMail, 'id'>): Promise<QueueEntry> {
  const entry = await queue.get(id);
  assert.ok(entry);
  return entry;
}

/** Brings a mail to a state as a worker would. */
export async function endAs(
  queue: WorkedQueue,
  state: 'sent' | 'dead' | 'ambiguous' | 'expired',
): Promise<string> {
  const { id } = await queue.add(newMail());
  await claimOne(queue);
  await settle(queue, id, { state, attempt: attempt() });
  return id;
}

export async function failure(work: Promise<unknown>): Promise<MailError> {
  const error: unknown = await work.then(
    () => new Error('expected a rejection'),
    (reason: unknown) => reason,
  );
  assert.ok(MailError.is(error), String(error));
  return error;
}

/** A message that uses every field, with a very long and an empty attachment. */
export function richMessage(): RenderedMessage {
  return renderedMessage({
    sender: { address: 'sender@from.test' },
    cc: [{ address: 'cc@to.test', name: 'Ç 😀' }],
    replyTo: [{ address: 'reply@from.test' }],
    headers: { 'X-One': 'a', 'X-Two': ['b', 'c'] },
    envelope: { from: '', to: ['ada@to.test', 'cc@to.test'], dsn: { notify: ['failure'], id: 'x' } },
    alternatives: [{ contentType: 'text/calendar; method=REQUEST', content: Buffer.from('BEGIN:VCALENDAR') }],
    attachments: [
      {
        filename: 'ä.bin',
        content: Buffer.alloc(300_000, 'äöü\0'),
        contentType: 'application/octet-stream',
        disposition: 'attachment',
        headers: { 'X-P': '1' },
      },
      { content: Buffer.alloc(0), contentType: 'image/gif', cid: 'c', disposition: 'inline', headers: {} },
    ],
    subject: 'Zoë 😀\u00a0\ud83d',
    template: 'welcome',
    locale: 'fr',
    tags: ['t'],
    metadata: { content: 'is a name like any other' },
  });
}

/** Four recipients, named by their outcomes. */
export const TO = ['yes@to.test', 'no@to.test', 'later@to.test', 'open@to.test'];
export const refused = (address: string, retryable: boolean): AttemptRecord['rejected'][number] => ({
  address,
  code: 'recipients-rejected',
  retryable,
  smtp: { code: retryable ? 451 : 550, text: 'no', command: 'RCPT TO' },
});
