import type { Mail } from '../../src/message/mail.js';
import type { Suite } from '../rounds.js';
import { mailOf } from '../receipt-mail.js';
import { ours, WIDTH } from './smtp.js';
import type { Task, Work } from '../task.js';

const COUNTS: ReadonlyMap<string, number> = new Map([
  ['10 mails', 10],
  ['1,000 mails', 1_000],
  ['100,000 mails', 100_000],
]);
const [smallest, middle, largest] = [...COUNTS.keys()];

function* mails(count: number): Generator<Mail> {
  for (let index = 0; index < count; index++) yield mailOf(index);
}

/** One call with all mails; each outcome is read and dropped, as a newsletter does. */
const bySendMany = (task: Task): Promise<Work> =>
  ours(task, async (mail, count) => {
    let sent = 0;
    const { signal } = new AbortController();
    const run = mail.sendMany(mails(count), { signal, concurrency: WIDTH });
    for await (const outcome of run) if ('receipt' in outcome) sent++;
    return sent;
  });

export const growth: Suite = {
  title: 'Growth: one sendMany of so many mails over SMTP, its outcomes read one by one',
  candidates: new Map([...COUNTS.keys()].map((name) => [name, bySendMany])),
  against: new Map([
    [smallest ?? '', [largest ?? '']],
    [middle ?? '', [largest ?? '']],
  ]),
  batch: (candidate) => COUNTS.get(candidate) ?? 1,
  sends: true,
};
