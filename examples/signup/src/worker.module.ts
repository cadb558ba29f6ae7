import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { MailModule } from 'nest-mailroom';
import { bullmq } from 'nest-mailroom/bullmq';
import { mailerService } from 'nest-mailroom/mailer';
import { ses } from 'nest-mailroom/ses';

import { mailerModule, mailTransport } from './mail/mailer.js';
import { settings } from './settings.js';

/** Delivery alone: the transport and the queue, from the same MAIL_*. Queued mails are rendered already. */
@Module({
  imports: [
    settings,
    mailerModule,
    MailModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        use: [bullmq(), mailerService(), ses()],
        transport: mailTransport(config),
      }),
    }),
  ],
})
export class WorkerModule {}
