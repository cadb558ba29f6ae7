import { cleanup } from '../support/application.js';
import { at, queueing, server } from '../support/queueing.js';
import { dueMail } from '../queue/spool-mails.js';
import { SpoolFolder } from '../queue/spool-under-test.js';

let place: SpoolFolder;
beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(async () => {
  await cleanup();
  await place.remove();
});

/** A mail in the spool whose process ended with it so often. */
async function lapsed(times: number): Promise<string> {
  const spool = await place.open();
  const { id } = await spool.add(dueMail());
  for (let crash = 0; crash < times; crash += 1) {
    const now = new Date();
    await spool.exchange({ claim: { mailer: 'default', limit: 1, now, leasedUntil: now } });
  }
  await spool.close();
  return id;
}

test('a mail whose process ended is sent by the next one', async () => {
  const id = await lapsed(2);
  const smtp = await server();
  const { queue } = await queueing(at(smtp.port), { path: place.path });
  await queue.drain();
  expect(smtp.bodies).toHaveLength(1);
  expect(await queue.get(id)).toMatchObject({ state: 'sent' });
});

test('a mail whose process ended with it three times is set aside, until an operator retries it', async () => {
  const id = await lapsed(3);
  const smtp = await server();
  const { queue } = await queueing(at(smtp.port), { path: place.path });
  await queue.drain();
  expect(smtp.bodies).toEqual([]);
  expect(await queue.get(id)).toMatchObject({
    state: 'dead',
    attempts: [{ error: { code: 'ambiguous', message: expect.stringContaining('3 times') } }],
  });
  await queue.retry(id);
  await queue.drain();
  expect(smtp.bodies).toHaveLength(1);
});

test('a mail whose process ended is held if the option says so', async () => {
  const id = await lapsed(1);
  const smtp = await server();
  const { queue } = await queueing(at(smtp.port), { path: place.path, onAmbiguous: 'hold' });
  await queue.drain();
  expect(smtp.bodies).toEqual([]);
  expect(await queue.get(id)).toMatchObject({ state: 'ambiguous' });
});
