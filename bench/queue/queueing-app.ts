import type { INestApplicationContext } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { MailModule } from '../../src/mail.module.js';
import type { MailModuleOptions, QueueModuleOptions } from '../../src/options/options.js';
import { bootApp } from '../app.js';
import { templates } from '../receipt.js';
import { FROM } from '../receipt-mail.js';
import { scratch } from './scratch.js';

/** Connections to the sink. */
export const POOL = 5;

export interface QueueingApp extends Pick<INestApplicationContext, 'get'> {
  readonly close: () => Promise<void>;
}

/** An application with a spool of its own, on a disk. */
export async function queueingApp(
  port: number,
  queue: QueueModuleOptions = {},
  more: MailModuleOptions = {},
): Promise<QueueingApp> {
  const { spool, remove } = await scratch();
  const app = await bootApp([
    EventEmitterModule.forRoot(),
    MailModule.forRoot({
      from: FROM,
      transport: { host: '127.0.0.1', port, poolSize: POOL },
      templates: { dir: templates('mailroom') },
      verify: 'off',
      queue: { path: spool, ...queue },
      ...more,
    }),
  ]);
  await app.init();
  return {
    get: app.get.bind(app),
    close: async () => {
      await app.close();
      await remove();
    },
  };
}
