import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MailModule, MailService, type MailOf, type Receipt } from 'nest-mailroom';

function welcome(name: string): MailOf<'welcome'> {
  const context = { user: { name }, link: 'https://example.com/start' };
  return { to: 'ada@example.test', template: 'welcome', context };
}

@Injectable()
export class Signup {
  constructor(private readonly mail: MailService) {}

  welcome(name: string): Promise<Receipt> {
    return this.mail.send(welcome(name));
  }
}

@Module({
  imports: [MailModule.forRoot({ from: 'Teapots <hello@teapots.test>' })],
  providers: [Signup],
})
class AppModule {}

async function bootstrap() {
  const app = await NestFactory.createApplicationContext(AppModule);
  const receipt = await app.get(Signup).welcome('Ada');
  console.log(`accepted ${receipt.accepted.join()} by ${receipt.transport}`);
  await app.close();
}
void bootstrap();
