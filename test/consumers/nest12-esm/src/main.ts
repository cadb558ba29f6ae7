import { NestFactory } from '@nestjs/core';
import { MailOutbox } from 'nest-mailroom';
import { AppModule } from './app.module.js';
import { Signup } from './signup.js';

async function bootstrap() {
  const app = await NestFactory.create(AppModule);
  await app.listen(0, '127.0.0.1');
  const receipt = await app.get(Signup).welcome('ada@example.test');
  console.log(`accepted ${receipt.accepted.join()}: ${app.get(MailOutbox).last()?.subject}`);
  await app.close();
}
await bootstrap();
