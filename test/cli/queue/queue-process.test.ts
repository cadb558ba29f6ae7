import { cleanup } from '../../support/application.js';
import { at, queueing, server } from '../../support/queueing.js';
import { SpoolFolder } from '../../queue/spool-under-test.js';
import { CliProcess } from '../cli-process.js';

let place: SpoolFolder;

beforeEach(async () => {
  place = await SpoolFolder.create();
});
afterEach(async () => {
  await cleanup();
  await place.remove();
});

/** `mailroom queue` as a process of its own, in the folder. */
function queue(...args: string[]): CliProcess['end'] {
  return new CliProcess(place.folder, 'queue', ...args, '--path', place.path).end;
}

test('an operator finds a mail that a running application gave up, reads why, and has it sent', async () => {
  let isKnown = false;
  const smtp = await server((line) =>
    line.startsWith('RCPT') && !isKnown ? '550 5.1.1 no such user' : undefined,
  );
  const application = await queueing(at(smtp.port), { path: place.path });
  const dead = application.next('mail.dead');
  const { id } = await application.mail.queue({ to: 'ada@to.test', subject: 'Welcome', text: 'Hello' });
  await dead;

  const listed = await queue('ls', '--state', 'dead');
  expect(listed).toMatchObject({ code: 0, err: '' });
  expect(listed.out).toMatch(/\n1 +dead .*ada@to\.test .*Welcome\n$/);
  expect((await queue('show', id)).out).toContain('550 5.1.1 no such user');

  isKnown = true;
  const sent = application.next('mail.sent');
  expect(await queue('retry', id)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^1 mail again due/),
  });
  // As the next poll would do.
  application.queue.resume();
  await sent;
  await application.queue.drain();
  expect((await queue('stats')).out).toMatch(/^sent +1$/m);
});

test('a mail that an application holds back is cancelled under its eyes', async () => {
  const smtp = await server();
  const application = await queueing(at(smtp.port), { path: place.path });
  const { id } = await application.mail.queue({ to: 'ada@to.test', text: 'Hello' }, { delay: 3_600_000 });
  expect(await queue('cancel', id)).toMatchObject({ code: 0, out: '1 mail cancelled\n' });
  expect((await application.queue.get(id))?.state).toBe('cancelled');
});
