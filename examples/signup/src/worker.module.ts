import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { MailModule } from 'nest-mailroom';
import { bullmq } from 'nest-mailroom/bullmq';
import { mailerService } from 'nest-mailroom/mailer';

import { MailLog } from './mail/mail.log.js';
import { mailerModule, mailTransport } from './mail/mailer.js';
import { settings } from './settings.js';

/** What it takes to deliver: where to send and which queue, from the same MAIL_*. What is queued is rendered already. */
@Module({
  imports: [
    settings,
    EventEmitterModule.forRoot(),
    mailerModule,
    MailModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        use: [bullmq(), mailerService()],
        transport: mailTransport(config),
      }),
    }),
  ],
  providers: [MailLog],
})
export class WorkerModule {}
