import { dueMail } from '../queue/spool-mails.js';
import { until } from '../support/example-process.js';
import { redisOfSuite } from './redis-of-suite.js';

const suite = redisOfSuite();

/** Commands that Redis has carried out, those of scripts included. */
async function commands(): Promise<number> {
  const stats = await suite.redis.info('commandstats');
  return [...stats.matchAll(/calls=(\d+)/g)].reduce((sum, [, calls]) => sum + Number(calls), 0);
}

test('the way of a mail costs Redis few commands', async () => {
  const queue = await suite.open();
  let count = 0;
  queue.consume('default', async () => ({ state: 'sent' }), {
    concurrency: 10,
    onSettled: () => (count += 1),
    onUnsettled: (_, error) => expect(error).toBeUndefined(),
    onStore: (_, fault) => expect(fault).toBeUndefined(),
  });
  const pass = async (mails: number): Promise<void> => {
    const target = count + mails;
    await Promise.all(Array.from({ length: mails }, () => queue.add(dueMail())));
    await until(async () => count === target);
  };
  await pass(10);
  const before = await commands();
  await pass(100);
  const each = ((await commands()) - before) / 100;
  console.info(`BullMQ: ${each} commands for a mail`);
  expect(each).toBeLessThan(100);
});
