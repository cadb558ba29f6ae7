import { Module } from '@nestjs/common';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { MailModule } from 'nest-mailroom';
import { bullmq } from 'nest-mailroom/bullmq';

import { MailLog } from './mail/mail.log.js';
import { settings } from './settings.js';

/** What it takes to deliver: where to send and which queue, from the same MAIL_*. What is queued is rendered already. */
@Module({
  imports: [settings, EventEmitterModule.forRoot(), MailModule.forRoot({ use: [bullmq()] })],
  providers: [MailLog],
})
export class WorkerModule {}
