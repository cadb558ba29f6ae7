import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MailQueueService } from 'nest-mailroom';

import { bootOptions, endWith } from './boot.js';
import { WorkerModule } from './worker.module.js';

/** Delivers the mails that the web processes queue, and nothing else. Finishes mails under way when it is stopped. */
async function bootstrap(): Promise<void> {
  const app = await NestFactory.createApplicationContext(WorkerModule, bootOptions);
  app.flushLogs();
  app.enableShutdownHooks();
  // Opens the queue even before the first mail; without a queue this throws, as there is nothing to do here.
  const { states } = await app.get(MailQueueService).stats();
  new Logger('Worker').log(`Delivering from the queue; ${states.waiting} mails wait.`);
}

bootstrap().catch(endWith);
