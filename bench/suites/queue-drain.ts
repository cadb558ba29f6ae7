import { drainedWork } from '../queue/drained-work.js';
import { queueingApp } from '../queue/queueing-app.js';
import { mailOf } from '../receipt-mail.js';
import type { Suite } from '../rounds.js';
import type { Task, Work } from '../task.js';
import { ours, WIDTH } from './smtp.js';

const DIRECT = 'sendMany, directly';
const QUEUED = 'queued, then delivered';

const directly = (task: Task): Promise<Work> =>
  ours(task, async (mail, count) => {
    const { signal } = new AbortController();
    const mails = Array.from({ length: count }, (_, index) => mailOf(index));
    return (await mail.sendMany(mails, { signal, concurrency: WIDTH })).sent.length;
  });

async function delivered({ port }: Task): Promise<Work> {
  return drainedWork(await queueingApp(port, { concurrency: WIDTH }), (mail, index) =>
    mail.queue(mailOf(index)),
  );
}

export const queueDrain: Suite = {
  title: 'Queue: a spool that was filled before, until all of it is delivered and settled',
  candidates: new Map([
    [DIRECT, directly],
    [QUEUED, delivered],
  ]),
  against: new Map([[DIRECT, [QUEUED]]]),
  batch: () => 3_000,
  sends: true,
};
