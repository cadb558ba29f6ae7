import { randomBytes } from 'node:crypto';
import type { SpoolOptions } from '../../src/queue/spool/spool.options.js';
import { queueContract, type QueueHarness } from 'nest-mailroom/testing';
import { SpoolFolder } from './spool-under-test.js';

/** Runs on node:sqlite where this Node has it, else on libsql. */
const spool =
  (options: Partial<SpoolOptions>): QueueHarness =>
  async () => {
    const place = await SpoolFolder.create();
    return {
      queue: await place.open(options),
      another: () => place.open(options),
      remove: () => place.remove(),
    };
  };

const encryptionKey = randomBytes(32);

for (const { title, run } of queueContract('spool', spool({}))) test(title, run);
for (const { title, run } of queueContract('encrypted spool', spool({ encryptionKey }))) test(title, run);
