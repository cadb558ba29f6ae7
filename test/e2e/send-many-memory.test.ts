import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MailModule, MailOutbox, MailService, MemoryTransport } from 'nest-mailroom';
import { boot, cleanup, folder } from '../support/application.js';

afterEach(cleanup);

const MAILS = 100_000;
const KEPT = 100;
const STEP = 10_000;
const MEBIBYTE = 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of live objects: the heap after a full collection. */
function liveHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Made on demand, as a database cursor would. */
function* users(): Generator<{ to: string; template: string; context: object }> {
  for (let i = 0; i < MAILS; i += 1) {
    yield { to: `user${i}@example.test`, template: 'news', context: { user: { name: `User ${i}` } } };
  }
}

it('sends 100,000 mails in constant memory', async () => {
  const dir = await folder({
    'news.hbs': '---\nsubject: News for {{user.name}}\n---\n<p>Hello {{user.name}}</p>',
    'news.text.hbs': 'Hello {{user.name}}',
  });
  const outbox = new MailOutbox({ keep: KEPT });
  const options = { from: 'app@example.test', transport: new MemoryTransport(outbox), templates: { dir } };
  const app = await boot([MailModule.forRoot(options)]);
  const before = { live: liveHeap(), resident: process.memoryUsage.rss() };
  const peak = { ...before };
  let sent = 0;
  for await (const outcome of app.get(MailService).sendMany(users())) {
    if ('receipt' in outcome) sent += 1;
    // Not after every mail: to ask the system takes longer than to send one.
    if (sent % STEP === 0) {
      peak.resident = Math.max(peak.resident, process.memoryUsage.rss());
      peak.live = Math.max(peak.live, liveHeap());
    }
  }
  const growth = (what: 'live' | 'resident'): number => (peak[what] - before[what]) / MEBIBYTE;
  process.stdout.write(
    `sendMany: ${sent} mails; peak growth of the live heap ${growth('live').toFixed(1)} MiB, of the process ${growth('resident').toFixed(1)} MiB\n`,
  );
  expect(sent).toBe(MAILS);
  expect(outbox.messages).toHaveLength(KEPT);
  expect(outbox.dropped).toBe(MAILS - KEPT);
  expect(growth('live')).toBeLessThan(64);
}, 120_000);
