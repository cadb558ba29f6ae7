import { ConfigService } from '@nestjs/config';
import { NestFactory } from '@nestjs/core';
import { MailError } from 'nest-mailroom';

import { AppModule } from './app.module.js';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(AppModule, { abortOnError: false });
  app.enableShutdownHooks();
  await app.listen(Number(app.get(ConfigService).getOrThrow<string>('PORT')));
}

bootstrap().catch((error: unknown) => {
  // A mail configuration report says all there is to say; a stack would only bury it.
  console.error(MailError.is(error) ? error.message : error);
  process.exit(1);
});
