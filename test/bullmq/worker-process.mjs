/**
 * An application that queues mails in Redis and delivers them, for tests that kill it and for those that
 * start several.
 *
 *     node worker-process.mjs <compiled sources> <Redis URL> <SMTP port> <mails to queue> [deadly subject]
 *
 * Prints `queued` when they are durable, and `drained` when nothing is due any more.
 * The mail with the deadly subject ends the process whenever it is sent; nothing is sent over SMTP then.
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const [, , sources, url, port, count, deadly] = process.argv;
const load = (file) => import(pathToFileURL(join(sources, file)).href);
const { MailModule, MailQueueService, MailService } = await load('index.js');
const { bullmq } = await load('bullmq/index.js');

/** All mails it is given are under way when the deadly one ends the process. */
const deadlyTransport = {
  name: 'deadly',
  async send({ subject, messageId, envelope }) {
    await pause(subject === deadly ? 100 : 200);
    if (subject === deadly) process.kill(process.pid, 'SIGKILL');
    return { messageId, transport: 'deadly', accepted: envelope.to, rejected: [], durationMs: 0 };
  },
  async verify() {},
  async close() {},
};
const smtp = { host: '127.0.0.1', port: Number(port), tls: 'off' };

class Application {
  name = 'queueing';
}
Module({
  imports: [
    MailModule.forRoot({
      from: 'app@example.test',
      transport: deadly ? deadlyTransport : smtp,
      verify: 'off',
      use: [bullmq()],
      queue: { driver: 'bullmq', url, concurrency: 10, retryDelays: [100] },
    }),
  ],
})(Application);

const app = await NestFactory.createApplicationContext(Application, { logger: false });
await app.init();

function* mails() {
  for (let n = 0; n < Number(count); n += 1) {
    yield { to: `user${n}@example.test`, subject: `Mail ${n}`, text: 'x'.repeat(1000) };
  }
}

const { failed } = await app.get(MailService).queueMany(mails());
if (failed.length > 0) throw failed[0].error;
process.stdout.write('queued\n');
for (let isDrained = false; !isDrained;) {
  // Fails while Redis is away.
  isDrained = await app
    .get(MailQueueService)
    .drain()
    .then(
      () => true,
      () => false,
    );
}
process.stdout.write('drained\n');
await app.close();
