import { join } from 'node:path';

import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { ConditionalModule, ConfigService } from '@nestjs/config';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { MailErrorFilter, MailModule } from 'nest-mailroom';
import { bullmq } from 'nest-mailroom/bullmq';
import { MailInboxModule } from 'nest-mailroom/inbox';
import { mailerService } from 'nest-mailroom/mailer';
import { ses } from 'nest-mailroom/ses';

import { HealthController } from './health/health.controller.js';
import { InvitesController } from './invites/invites.controller.js';
import { deliversHere } from './mail/delivery.js';
import { mailerModule, mailTransport } from './mail/mailer.js';
import { theme } from './mail/theme.js';
import { OrdersController } from './orders/orders.controller.js';
import { settings } from './settings.js';
import { SignupModule } from './signup/signup.module.js';

const templates = { dir: join(import.meta.dirname, 'templates'), theme };

@Module({
  imports: [
    settings,
    EventEmitterModule.forRoot(),
    mailerModule,
    // Everything else comes from MAIL_* in the environment.
    MailModule.forRootAsync({
      inject: [ConfigService],
      useFactory: (config: ConfigService) => ({
        templates,
        use: [bullmq(), mailerService(), ses()],
        transport: mailTransport(config),
        queue: { deliver: deliversHere(config) },
      }),
    }),
    // The inbox shows everybody's mail to anyone who reaches it, so it stays out of production and staging.
    ConditionalModule.registerWhen(
      MailInboxModule.forRoot(),
      ({ NODE_ENV = 'development' }) => ['development', 'test'].includes(NODE_ENV),
      { debug: false },
    ),
    SignupModule,
  ],
  controllers: [HealthController, InvitesController, OrdersController],
  providers: [
    { provide: APP_PIPE, useClass: StandardSchemaValidationPipe },
    { provide: APP_FILTER, useClass: MailErrorFilter },
  ],
})
export class AppModule {}
