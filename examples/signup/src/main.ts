import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { MailError } from 'nest-mailroom';

import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  // Nest logs a failed boot, stack and all, before it throws. Its log is held back until the boot has
  // succeeded, so that a failure is told once: by the handler below.
  const app = await NestFactory.create(AppModule, {
    abortOnError: false,
    bufferLogs: true,
    autoFlushLogs: false,
  });
  app.flushLogs();
  app.enableShutdownHooks();
  await app.listen(Number(app.get(ConfigService).getOrThrow<string>('PORT')));
}

bootstrap().catch((error: unknown) => {
  // A mail configuration report says all there is to say; a stack would only bury it.
  console.error(MailError.is(error) ? error.message : error);
  process.exit(1);
});
