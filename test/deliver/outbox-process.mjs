/**
 * An application that queues mails in a transaction, commits, and dies with its relay between the queue
 * and the table: for a test that kills it.
 *
 *     node outbox-process.mjs <compiled sources> <folder of PostgreSQL's socket> <spool> <SMTP port> <mails>
 *
 * Prints `relayed` when the queue has the mails and the table is about to lose them, which it never does.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Pool } from 'pg';

const [, , sources, host, path, port, count] = process.argv;
const load = (file) => import(pathToFileURL(join(sources, file)).href);
const { MailModule, MailService } = await load('index.js');
const pool = new Pool({ host, user: 'postgres', database: 'postgres' });

async function execute(sql, values) {
  if (!sql.startsWith('DELETE')) return (await pool.query(sql, values)).rows;
  process.stdout.write('relayed\n');
  return new Promise(() => undefined);
}

class Application {
  name = 'queueing';
}
Module({
  imports: [
    MailModule.forRoot({
      from: 'app@example.test',
      transport: { host: '127.0.0.1', port: Number(port), tls: 'off' },
      verify: 'off',
      queue: { path, deliver: false, outbox: { dialect: 'postgres', execute } },
    }),
  ],
})(Application);

const app = await NestFactory.createApplicationContext(Application, { logger: false });
const client = await pool.connect();
const via = { execute: async (sql, values) => (await client.query(sql, values)).rows };
await client.query('BEGIN');
for (let n = 0; n < Number(count); n += 1) {
  await app
    .get(MailService)
    .queue({ to: `user${n}@example.test`, subject: `Mail ${n}`, text: 'Hello' }, { via });
}
await client.query('COMMIT');
