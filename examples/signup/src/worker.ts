import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MailQueueService } from 'nest-mailroom';

import { bootOptions, endWith } from './boot.js';
import { WorkerModule } from './worker.module.js';

/** Delivers what the web processes queue, and nothing else. Mails under way are finished when it is told to stop. */
async function bootstrap(): Promise<void> {
  const app = await NestFactory.createApplicationContext(WorkerModule, bootOptions);
  app.flushLogs();
  app.enableShutdownHooks();
  // Opens the queue, also one that nobody has queued in yet; without any there is nothing to do here, and this throws.
  const { states } = await app.get(MailQueueService).stats();
  new Logger('Worker').log(`Delivering from the queue; ${states.waiting} mails wait.`);
}

bootstrap().catch(endWith);
