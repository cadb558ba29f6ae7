import { MailModule, MailOutbox, MailService, MemoryTransport } from 'nest-mailroom';
import { boot, cleanup, folder } from '../support/application.js';

afterEach(cleanup);

const MAILS = 100_000;
const KEPT = 100;
const MEBIBYTE = 2 ** 20;

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
  const before = process.memoryUsage.rss();
  let peak = before;
  let sent = 0;
  for await (const outcome of app.get(MailService).sendMany(users())) {
    if ('receipt' in outcome) sent += 1;
    if (sent % 1_000 === 0) peak = Math.max(peak, process.memoryUsage.rss());
  }
  const growth = (peak - before) / MEBIBYTE;
  process.stdout.write(`sendMany: ${sent} mails, peak memory grew by ${growth.toFixed(1)} MiB\n`);
  expect(sent).toBe(MAILS);
  expect(outbox.messages).toHaveLength(KEPT);
  expect(outbox.dropped).toBe(MAILS - KEPT);
}, 120_000);
