import { join } from 'node:path';

import { Module, StandardSchemaValidationPipe } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { MailModule } from 'nest-mailroom';

import { HealthController } from './health/health.controller.js';
import { InvitesController } from './invites/invites.controller.js';
import { MailErrorFilter } from './mail/mail-error.filter.js';
import { MailFailureLog } from './mail/mail-failure.log.js';
import { theme } from './mail/theme.js';
import { OrdersController } from './orders/orders.controller.js';
import { SignupModule } from './signup/signup.module.js';

// `src` and `dist` lie side by side, so this holds for the sources under test and for the build alike.
const here = import.meta.dirname;

@Module({
  imports: [
    ConfigModule.forRoot({ isGlobal: true, envFilePath: join(here, '..', '.env') }),
    EventEmitterModule.forRoot(),
    // Everything else comes from MAIL_* in the environment.
    MailModule.forRoot({ templates: { dir: join(here, 'templates'), theme } }),
    SignupModule,
  ],
  controllers: [HealthController, InvitesController, OrdersController],
  providers: [
    MailFailureLog,
    { provide: APP_PIPE, useClass: StandardSchemaValidationPipe },
    { provide: APP_FILTER, useClass: MailErrorFilter },
  ],
})
export class AppModule {}
