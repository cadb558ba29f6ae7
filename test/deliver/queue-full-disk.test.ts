import { join } from 'node:path';
import type { MailService } from 'nest-mailroom';
import { openDatabase } from '../../src/queue/sqlite/open-database.js';
import { cleanup, folder } from '../support/application.js';
import { at, queueing, server } from '../support/queueing.js';

jest.mock('#spool-thread', () => ({ spoolThread: `${__dirname}/../support/full-disk-thread.mjs` }));

afterEach(cleanup);

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'x'.repeat(50_000) };

/** Queues until nothing more goes in. */
async function flood(service: MailService): Promise<{ readonly added: number; readonly error: unknown }> {
  for (let added = 0; ; added += 1) {
    try {
      await service.queue(mail);
    } catch (error) {
      return { added, error };
    }
  }
}

async function integrityOf(path: string): Promise<string | undefined> {
  const { database } = await openDatabase(path);
  const answer = database.prepare('PRAGMA integrity_check').get()?.text('integrity_check');
  database.close();
  return answer;
}

test('a full disk: queue() reports it, queued mails are whole and go out, and then there is room again', async () => {
  const smtp = await server();
  const path = join(await folder(), 'spool.db');
  const { mail: service, queue } = await queueing(at(smtp.port), { path });
  queue.pause();
  const { added, error } = await flood(service);
  expect(error).toMatchObject({
    code: 'queue-full',
    retryable: true,
    outcome: 'not-sent',
    message: expect.stringMatching(/is on a disk that is full: nothing was written/),
  });
  expect(added).toBeGreaterThan(50);
  expect((await queue.stats()).states).toMatchObject({ waiting: added, corrupt: 0 });
  expect(await integrityOf(path)).toBe('ok');
  queue.resume();
  await queue.drain();
  expect(smtp.bodies).toHaveLength(added);
  await service.queue(mail);
  await queue.drain();
  expect((await queue.stats()).states).toMatchObject({ sent: added + 1, waiting: 0, corrupt: 0 });
});
