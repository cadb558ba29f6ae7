import type { Claim, OtherMailers, PullQueue } from 'nest-mailroom';
import { MemoryQueue } from '../../src/queue/memory-queue.js';
import { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { newMail, NOW } from '../../src/testing/contract/queue/queue-under-test.js';
import { afterCleanup, cleanup, folder } from '../support/application.js';

const QUEUES: ReadonlyArray<readonly [string, () => Promise<PullQueue>]> = [
  ['memory', () => Promise.resolve(new MemoryQueue(() => NOW))],
  [
    'spool',
    async () => {
      const spool = new SqliteSpool({ path: `${await folder()}/spool.db`, clock: () => NOW.getTime() });
      await spool.open();
      afterCleanup(() => spool.close());
      return spool;
    },
  ],
];

afterEach(cleanup);

const leasedUntil = new Date(NOW.getTime() + 60_000);

async function claim(queue: PullQueue, limit: number, mailer: Partial<OtherMailers> = {}) {
  const request = { mailer: { except: [], each: 100, ...mailer }, limit, now: NOW, leasedUntil };
  const { claims } = await queue.exchange({ claim: request });
  return claims.map(({ message }: Claim) => message.mailer).join('');
}

async function add(queue: PullQueue, mailers: string, parts: Parameters<typeof newMail>[0] = {}) {
  for (const mailer of mailers) await queue.add(newMail({ dueAt: NOW, ...parts }, { mailer }));
}

describe.each(QUEUES)('mailers in turn: %s', (name, open) => {
  let queue: PullQueue;
  beforeEach(async () => {
    queue = await open();
  });

  test('the many mails of one do not delay the few of another', async () => {
    await add(queue, 'aaaaaabc');
    expect(await claim(queue, 5)).toBe('abcaa');
    expect(await claim(queue, 100)).toBe('aaa');
  });

  test('left out are those that are named, and what is not due', async () => {
    await add(queue, 'abc');
    await add(queue, 'd', { dueAt: leasedUntil });
    expect(await claim(queue, 100, { except: ['b'] })).toBe('ac');
    expect(await queue.nextDueAt({ except: ['a', 'b', 'c'], each: 1 })).toEqual(leasedUntil);
    expect(await queue.nextDueAt({ except: ['a', 'c'], each: 1 })).toEqual(NOW);
    expect(await queue.nextDueAt({ except: ['a', 'b', 'c', 'd'], each: 1 })).toBeUndefined();
  });

  test('one takes no more than its share of a claim', async () => {
    await add(queue, 'aaaab');
    expect(await claim(queue, 100, { each: 2 })).toBe('aba');
  });

  test('the urgent go first, whose ever they are', async () => {
    await add(queue, 'aab');
    await add(queue, 'c', { priority: 'high' });
    expect(await claim(queue, 100)).toBe('caba');
  });

  if (name === 'spool')
    test('a claim begins after the mailer where the last one ended', async () => {
      await add(queue, 'aabbcc');
      expect(await claim(queue, 2)).toBe('ab');
      expect(await claim(queue, 2)).toBe('ca');
      expect(await claim(queue, 100)).toBe('bc');
    });
});
