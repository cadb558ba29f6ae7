import { MailError } from '../../src/errors/mail-error.js';
import { ThreadChannel } from '../../src/queue/spool/channel/thread-channel.js';
import { claimDue, dueMail, settle } from './spool-mails.js';
import { SpoolFolder } from './spool-under-test.js';

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await place.remove();
});

/** An open spool, and what ends its thread as a fault of its own would. */
async function spoolWithThread() {
  const calls = jest.spyOn(ThreadChannel.prototype, 'call');
  const spool = await place.open();
  const channel = calls.mock.contexts[0];
  if (!(channel instanceof ThreadChannel)) throw new Error('there is no thread');
  return { spool, endThread: () => channel.terminate() };
}

test('the next call starts a thread that ended again, and its end is reported', async () => {
  const { spool, endThread } = await spoolWithThread();
  const told: MailError[] = [];
  spool.onLost((error) => told.push(error));
  const { id } = await spool.add(dueMail());
  const adding = spool.add(dueMail());
  await endThread();
  // Only the answer is known to be missing.
  await expect(adding).rejects.toMatchObject({ code: 'transport-unavailable', outcome: 'unknown' });
  expect(told).toMatchObject([{ message: expect.stringContaining('The next call starts another') }]);
  expect((await spool.get(id))?.state).toBe('waiting');
  await expect(spool.add(dueMail())).resolves.toMatchObject({ duplicate: false });
  expect(told).toHaveLength(1);
});

test('mails that were under way are settled nevertheless', async () => {
  const { spool, endThread } = await spoolWithThread();
  const { id } = await spool.add(dueMail());
  await claimDue(spool);
  await endThread();
  expect(await spool.extend([id], new Date(Date.now() + 60_000))).toEqual([id]);
  await settle(spool, id, { state: 'sent' });
  expect((await spool.get(id))?.state).toBe('sent');
});

test('a closed spool is not opened again', async () => {
  const { spool } = await spoolWithThread();
  await spool.close();
  await expect(spool.stats()).rejects.toMatchObject({ code: 'closed' });
});
