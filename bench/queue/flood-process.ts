/**
 * Queues newsletters, and then one-time codes at intervals while they are delivered. Reports how long each
 * code took from `queue()` to the sink's answer, and the memory used.
 */
import { EventEmitter2 } from '@nestjs/event-emitter';
import { setTimeout as pause } from 'node:timers/promises';
import { MailQueueService } from '../../src/mail.queue.service.js';
import { MailService } from '../../src/mail.service.js';
import { mailOf } from '../receipt-mail.js';
import { queueingApp } from './queueing-app.js';

const [port, newsletters, codes] = process.argv.slice(2).map(Number);
const EVERY_MS = 200;

const app = await queueingApp(port ?? 0);
const [mail, queue, events] = [app.get(MailService), app.get(MailQueueService), app.get(EventEmitter2)];

/** Generates newsletters one by one, so that they are never in memory all at once. */
function* mails(count: number) {
  for (let index = 0; index < count; index++) yield mailOf(index);
}

const arrived = new Map<string, () => void>();
events.on('mail.sent', ({ messageId }: { readonly messageId: string }) => arrived.get(messageId)?.());

async function code(index: number): Promise<number> {
  const started = performance.now();
  const messageId = `<code-${index}@example.test>`;
  const arrival = new Promise<void>((resolve) => arrived.set(messageId, resolve));
  const text = { to: `ada${index}@example.test`, subject: 'Your code', text: '123456' };
  await mail.queue({ ...text, messageId }, { priority: 'high' });
  await arrival;
  return performance.now() - started;
}

process.on('disconnect', () => process.exit(0));

for await (const outcome of mail.queueMany(mails(newsletters ?? 0), { priority: 'low' })) {
  if ('error' in outcome) throw outcome.error;
}
const latencies: Array<Promise<number>> = [];
for (let index = 0; index < (codes ?? 0); index++) {
  latencies.push(code(index));
  await pause(EVERY_MS);
}
const taken = await Promise.all(latencies);
const { states } = await queue.stats();
process.send?.({ taken, waiting: states.waiting, peakMiB: process.resourceUsage().maxRSS / 1024 });
await app.close();
process.disconnect();
