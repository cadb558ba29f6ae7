import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Queue } from 'bullmq';
import { redisOfSuite } from './redis-of-suite.js';

const suite = redisOfSuite();

function versionIn(folder: string): string {
  const { version }: { readonly version: string } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  );
  return version;
}

/** As a module of the tests finds it. */
const ioredis = (): string => versionIn(join(dirname(require.resolve('ioredis')), '..'));

test('the tests run on the releases of BullMQ and ioredis that are meant', async () => {
  const modules = join(__dirname, '../../node_modules');
  const here = ['bullmq', 'ioredis'].map((name) => versionIn(join(modules, name)));
  const meant = process.env['BULLMQ_RELEASES']?.split(',') ?? here;
  const queue = new Queue('releases', { connection: { url: suite.server.url } });
  await queue.waitUntilReady();
  // BullMQ writes down who set a queue up.
  const { version } = await queue.getMeta();
  await queue.close();
  expect([version, ioredis()]).toEqual([`bullmq:${meant[0]}`, meant[1]]);
});
