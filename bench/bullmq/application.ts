import type { INestApplicationContext } from '@nestjs/common';
import { bullmq } from '../../src/bullmq/index.js';
import { MailModule } from '../../src/mail.module.js';
import type { MailService } from '../../src/mail.service.js';
import type { TransportOption } from '../../src/options/options.js';
import { bootApp } from '../app.js';

/** Mails that are queued at once. */
const CALLERS = 100;

/** An application on that Redis that delivers, or only queues. */
export function bullmqApp(
  url: string,
  transport: TransportOption,
  deliver: boolean,
): Promise<INestApplicationContext> {
  return bootApp([
    MailModule.forRoot({
      from: 'Harbour Supplies <shop@example.test>',
      transport,
      verify: 'off',
      use: [bullmq()],
      queue: { driver: 'bullmq', url, deliver, concurrency: 10 },
    }),
  ]);
}

function* mails(count: number) {
  for (let index = 0; index < count; index++) {
    yield { to: `ada${index}@example.test`, subject: `Mail ${index}`, text: 'x'.repeat(3_000) };
  }
}

export async function queueAll(mail: MailService, count: number, delay = 0): Promise<void> {
  const { failed } = await mail.queueMany(mails(count), { concurrency: CALLERS, delay });
  if (failed[0]) throw failed[0].error;
}
