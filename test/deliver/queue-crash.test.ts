import { join } from 'node:path';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { startScriptedServer, type ScriptedServer } from '../support/scripted-server.js';
import { QueueProcess } from '../support/queue-process.js';

const MAILS = 2_000;
const CONCURRENCY = 10;
/** After so many mails have arrived, in sum. */
const KILLS = [150, 420, 700, 1_100, 1_500];

afterEach(cleanup);

const messageIds = ({ bodies }: ScriptedServer): readonly string[] =>
  bodies.map((body) => /^Message-ID: (.*)$/m.exec(body)?.[1] ?? '');

test('kill -9 at any moment loses no mail, and repeats only mails under way', async () => {
  let arrived = 0;
  let awaited = Number.POSITIVE_INFINITY;
  let reached: () => void = () => undefined;
  const smtp = await startScriptedServer((line) => {
    if (line.startsWith('END') && ++arrived >= awaited) reached();
    return undefined;
  });
  afterCleanup(smtp.close);
  const path = join(await folder(), 'spool.db');
  let child = new QueueProcess({ path, port: smtp.port, count: MAILS });
  await child.said('queued');
  let drained = Promise.resolve();
  for (const count of KILLS) {
    if (arrived < count) {
      const coming = new Promise<void>((resolve) => {
        reached = resolve;
      });
      awaited = count;
      await coming;
    }
    await child.kill();
    child = new QueueProcess({ path, port: smtp.port, count: 0 });
    drained = child.said('drained');
    drained.catch(() => undefined);
    await child.said('queued');
  }
  await drained;
  const ids = messageIds(smtp);
  const duplicates = ids.length - new Set(ids).size;
  console.info(
    `${MAILS} mails, ${KILLS.length} kills, ${MAILS - new Set(ids).size} lost, ${duplicates} duplicates, bound ${KILLS.length * CONCURRENCY}`,
  );
  expect(new Set(ids).size).toBe(MAILS);
  expect(duplicates).toBeLessThanOrEqual(KILLS.length * CONCURRENCY);
}, 180_000);
