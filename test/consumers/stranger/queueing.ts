import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MailModule, MailQueueService, MailService } from 'nest-mailroom';

@Module({ imports: [MailModule.forRoot({ from: 'Teapots <hello@teapots.test>' })] })
class AppModule {}

/** Without an id, queues a mail and stops before it goes out; with one, tells what became of it after a restart. */
async function bootstrap(id?: string) {
  const app = await NestFactory.createApplicationContext(AppModule);
  const queue = app.get(MailQueueService);
  if (id === undefined) {
    queue.pause();
    const link = 'https://example.com/start';
    const mail = {
      to: 'bob@example.test',
      template: 'welcome',
      context: { user: { name: 'Bob' }, link },
    } as const;
    const queued = await app.get(MailService).queue(mail);
    console.log(`queued as ${queued.id}, ${(await queue.get(queued.id))?.state}`);
  } else {
    await queue.drain();
    console.log(`now ${(await queue.get(id))?.state}`);
  }
  await app.close();
}
void bootstrap(process.argv[2]);
