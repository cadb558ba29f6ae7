import { claimDue, dueMail } from '../queue/spool-mails.js';
import { redisOfSuite } from './redis-of-suite.js';

const suite = redisOfSuite();

/** Commands that Redis carries out meanwhile, those of scripts included. */
async function commandsOf(work: () => Promise<unknown>): Promise<number> {
  const count = async (): Promise<number> => {
    const stats = await suite.redis.info('commandstats');
    return [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
  };
  const before = await count();
  await work();
  return (await count()) - before;
}

test('a look at an empty queue, and the way of a mail, cost Redis few commands', async () => {
  const queue = await suite.open();
  const look = async (): Promise<void> => {
    await claimDue(queue, 10);
    await queue.nextDueAt('default');
  };
  const pass = async (): Promise<void> => {
    await Promise.all(Array.from({ length: 10 }, () => queue.add(dueMail())));
    const claims = await claimDue(queue, 10);
    await Promise.all(claims.map(({ id }) => queue.settle(id, { state: 'sent' })));
  };
  await pass();
  await look();
  const [idle, mails] = [await commandsOf(look), await commandsOf(pass)];
  console.info(`BullMQ: ${idle} commands for a look at nothing, ${mails / 10} for a mail`);
  expect(idle).toBeLessThan(40);
  expect(mails / 10).toBeLessThan(100);
});
