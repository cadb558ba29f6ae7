import type { INestApplicationContext } from '@nestjs/common';
import { bullmq } from '../../src/bullmq/index.js';
import { MailModule } from '../../src/mail.module.js';
import { bootApp } from '../app.js';

export interface Place {
  /** Port of the Redis. */
  readonly url: string;
  /** Port of the SMTP sink. */
  readonly port: number;
}

/** An application on that Redis that delivers, or only queues. */
export function bullmqApp({ url, port }: Place, deliver: boolean): Promise<INestApplicationContext> {
  return bootApp([
    MailModule.forRoot({
      from: 'Harbour Supplies <shop@example.test>',
      transport: { host: '127.0.0.1', port, tls: 'off' },
      verify: 'off',
      use: [bullmq()],
      queue: { driver: 'bullmq', url, deliver, concurrency: 10 },
    }),
  ]);
}
