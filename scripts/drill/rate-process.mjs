/**
 * An application that sends at a rate limit that it shares with others.
 *
 *     node rate-process.mjs <build> <queue options as JSON> <rate limit as JSON> <SMTP port> <mails to send> <mails to queue>
 *
 * Prints `ready`, and sends and queues from the first line it reads.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const [, , build, queue, rateLimit, port, sends, queued] = process.argv;
const load = (file) => import(pathToFileURL(join(build, file)).href);
const { MailModule, MailService } = await load('index.js');
const options = JSON.parse(queue);
const use = options.driver === 'bullmq' ? [(await load('bullmq/index.js')).bullmq()] : [];

class Application {
  name = 'rate';
}
Module({
  imports: [
    MailModule.forRoot({
      from: 'app@example.test',
      transport: { host: '127.0.0.1', port: Number(port), tls: 'off' },
      verify: 'off',
      timeout: 600_000,
      use,
      rateLimit: JSON.parse(rateLimit),
      queue: options,
    }),
  ],
})(Application);

const app = await NestFactory.createApplicationContext(Application, { logger: ['error', 'warn'] });
await app.init();
const mail = app.get(MailService);
const mails = (count) =>
  Array.from({ length: count }, (_, n) => ({ to: `u${n}@example.test`, subject: 'Hi', text: 'x' }));
process.stdout.write('ready\n');
await once(process.stdin, 'data');
await Promise.all([
  mail.sendMany(mails(Number(sends)), { concurrency: 10 }),
  mail.queueMany(mails(Number(queued)), { concurrency: 10 }),
]);
