import { MailQueueService } from '../../src/mail.queue.service.js';
import { MailService } from '../../src/mail.service.js';
import { encodeMessage, messageBytes } from '../../src/queue/record/message-bytes.js';
import { SqliteSpool } from '../../src/queue/spool/sqlite-spool.js';
import { addRequest } from '../../src/queue/spool/channel/wire.js';
import { inParallel } from '../parallel.js';
import { newMail } from '../queue/new-mail.js';
import { queueingApp } from '../queue/queueing-app.js';
import { RawStore } from '../queue/raw-store.js';
import { scratch } from '../queue/scratch.js';
import { mailOf } from '../receipt-mail.js';
import type { Suite } from '../rounds.js';
import type { Task, Work } from '../task.js';

const CALLERS = 100;

async function raw(batch: number): Promise<Work> {
  const { spool, remove } = await scratch();
  const mail = await newMail();
  const label = Buffer.from(JSON.stringify(addRequest(mail, 0).summary));
  const store = new RawStore({ path: spool, label, body: messageBytes(encodeMessage(mail.message)) });
  return {
    async run(count) {
      await store.write({ count, batch });
      return count;
    },
    async close() {
      await store.close();
      await remove();
    },
  };
}

async function bySpool(callers: number): Promise<Work> {
  const { spool: path, remove } = await scratch();
  const spool = new SqliteSpool({ path, clock: Date.now });
  await spool.open();
  const mail = await newMail();
  return {
    run: (count) => inParallel(count, callers, () => spool.add(mail)),
    async close() {
      await spool.close();
      await remove();
    },
  };
}

async function byService(callers: number, { port }: Task): Promise<Work> {
  const app = await queueingApp(port);
  app.get(MailQueueService).pause();
  const mail = app.get(MailService);
  return {
    run: (count) => inParallel(count, callers, (index) => mail.queue(mailOf(index))),
    close: app.close,
  };
}

const ONE = {
  raw: 'SQLite alone, one mail a commit',
  spool: 'spool, one caller',
  service: 'queue(), one caller',
};
const MANY = {
  raw: `SQLite alone, ${CALLERS} mails a commit`,
  spool: `spool, ${CALLERS} callers`,
  service: `queue(), ${CALLERS} callers`,
};

export const queueAdd: Suite = {
  title: 'Queue: mails that are durable, on this disk, none of them on its way meanwhile',
  candidates: new Map([
    [ONE.raw, () => raw(1)],
    [ONE.spool, () => bySpool(1)],
    [ONE.service, (task: Task) => byService(1, task)],
    [MANY.raw, () => raw(CALLERS)],
    [MANY.spool, () => bySpool(CALLERS)],
    [MANY.service, (task: Task) => byService(CALLERS, task)],
  ]),
  against: new Map([
    [ONE.raw, [ONE.spool, ONE.service]],
    [ONE.spool, [MANY.spool]],
    [ONE.service, [MANY.service]],
    [MANY.raw, [MANY.spool, MANY.service]],
  ]),
  batch: (candidate) => (candidate.includes('one') ? 200 : 2_000),
};
