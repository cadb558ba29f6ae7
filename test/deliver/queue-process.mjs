/**
 * An application that queues mails and delivers them, for tests that end it.
 *
 *     node queue-process.mjs <compiled sources> <spool> <SMTP port> <mails to queue> [settings as JSON]
 *
 * Prints `queued` when they are durable, and `drained` when nothing is due any more.
 *
 * - `name`: its own in EHLO
 * - `stays`: until SIGTERM, with what is under way given `shutdownTimeout` milliseconds
 * - `ends`: `close` closes the application as soon as the mails are queued; `alone` leaves it to the process to end
 * - `deadly`: the subject of a mail that ends the process whenever it is sent. Nothing is sent over SMTP then.
 * - `later`: milliseconds by which its clock is ahead
 */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

const [, , sources, path, port, count, json = '{}'] = process.argv;
const { name, stays, shutdownTimeout, ends, deadly, later } = JSON.parse(json);
const load = (file) => import(pathToFileURL(join(sources, file)).href);
const { MailModule, MailQueueService, MailService } = await load('index.js');

if (later) {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...values) {
      super(...(values.length > 0 ? values : [RealDate.now() + later]));
    }
    static now() {
      return RealDate.now() + later;
    }
  };
}

/** All mails it is given are under way when the deadly one ends the process. */
const deadlyTransport = {
  name: 'deadly',
  async send({ subject, messageId, envelope }) {
    await pause(subject === deadly ? 100 : 200);
    if (subject === deadly) process.kill(process.pid, 'SIGKILL');
    process.stdout.write(`sent ${subject}\n`);
    return { messageId, transport: 'deadly', accepted: envelope.to, rejected: [], durationMs: 0 };
  },
  async verify() {},
  async close() {},
};
const smtp = { host: '127.0.0.1', port: Number(port), tls: 'off', ...(name && { name }) };

class Application {
  name = 'queueing';
}
Module({
  imports: [
    MailModule.forRoot({
      from: 'app@example.test',
      transport: deadly ? deadlyTransport : smtp,
      verify: 'off',
      queue: { path, concurrency: 10, retryDelays: [100] },
      ...(shutdownTimeout && { shutdownTimeout }),
    }),
  ],
})(Application);

const app = await NestFactory.createApplicationContext(Application, { logger: false });
if (stays) app.enableShutdownHooks();
await app.init();

function* mails() {
  for (let n = 0; n < Number(count); n += 1) {
    yield { to: `user${n}@example.test`, subject: `Mail ${n}`, text: 'x'.repeat(1000) };
  }
}

const { failed } = await app.get(MailService).queueMany(mails());
if (failed.length > 0) throw failed[0].error;
process.stdout.write('queued\n');
if (ends === 'close') await app.close();
if (!stays && !ends) {
  await app.get(MailQueueService).drain();
  process.stdout.write('drained\n');
  await app.close();
}
