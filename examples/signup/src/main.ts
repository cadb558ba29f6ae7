import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';

import { AppModule } from './app.module.js';
import { bootOptions, endWith } from './boot.js';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, bootOptions);
  app.flushLogs();
  app.enableShutdownHooks();
  await app.listen(Number(app.get(ConfigService).getOrThrow<string>('PORT')));
}

bootstrap().catch(endWith);
