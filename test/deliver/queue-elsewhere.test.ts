import { join } from 'node:path';
import { cleanup, folder } from '../support/application.js';
import { at, queueing, server } from '../support/queueing.js';

afterEach(cleanup);

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };

test('one application only queues, and another on the same spool delivers', async () => {
  const path = join(await folder(), 'spool.db');
  const [unused, smtp] = [await server(), await server()];
  const web = await queueing(at(unused.port), { path, deliver: false });
  const { id } = await web.mail.queue(mail);
  const worker = await queueing(at(smtp.port), { path });
  await web.queue.drain();
  expect(await worker.queue.get(id)).toMatchObject({ state: 'sent' });
  const again = worker.next('mail.sent');
  await web.mail.queue(mail);
  await again;
  expect(smtp.bodies).toHaveLength(2);
  expect(unused.connections).toBe(0);
});
