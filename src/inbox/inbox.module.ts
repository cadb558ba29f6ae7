import {
  type DynamicModule,
  type FactoryProvider,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  type Provider,
  type Type,
} from '@nestjs/common';
import { ModulesContainer, RouterModule } from '@nestjs/core';
import { countGlobal } from '../mail.container.js';
import { ENVIRONMENT, MailEnvironmentModule } from '../mail.environment.js';
import { MailError } from '../mail.errors.js';
import type { MailEnvironment } from '../mail.options.js';
import { MAIL_WATCHER } from '../mail.watch.js';
import { InboxWatch } from './capture/inbox-watch.js';
import { MailCapture } from './capture/mail-capture.js';
import { SmtpDoor } from './capture/smtp-door.js';
import { InboxLifecycle } from './inbox.lifecycle.js';
import {
  INBOX_OPTIONS,
  type MailInboxOptions,
  resolveInboxOptions,
  resolveInboxPath,
  type ResolvedInboxOptions,
} from './inbox.options.js';
import { SERVICE_CONTROLLERS, SERVICE_PROVIDERS } from './inbox.services.js';
import { Closing } from './live/closing.js';
import { EventsController } from './live/events.controller.js';
import { LiveEvents } from './live/live-events.js';
import { MessageWait } from './live/message-wait.js';
import { StoreEvents } from './live/store-events.js';
import { WaitController } from './live/wait.controller.js';
import { MailroomView } from './mailroom-view.js';
import { MessageReader } from './messages/message-reader.js';
import { MessagesController } from './messages/messages.controller.js';
import { OpenApiController } from './openapi/openapi.controller.js';
import { InboxAnnouncement } from './page/inbox-announcement.js';
import { PageController } from './page/page.controller.js';
import { TrailingSlash } from './page/trailing-slash.js';
import { PageFiles } from './page/page-files.js';
import { InboxDoor } from './safety/inbox-door.js';
import { InboxStatus } from './status/inbox-status.js';
import { StatusController } from './status/status.controller.js';
import { MailFiles } from './store/mail-files.js';
import { MailStore } from './store/mail-store.js';

/** Every one is made by `InboxController`, which puts it behind the door. */
const CONTROLLERS: Type[] = [
  ...SERVICE_CONTROLLERS,
  MessagesController,
  WaitController,
  EventsController,
  StatusController,
  OpenApiController,
  PageController,
];

/**
 * The development inbox: a page and a JSON API, served by the application itself, of the mails it sends.
 * Import it beside `MailModule`. It refuses to boot in production, see `allowInProduction`.
 */
@Module({})
export class MailInboxModule implements NestModule {
  /**
   * The boot fails with `MailError` `config` when the options are not usable, or in production.
   * @throws {MailError} `config` for a `path` that is none
   */
  static forRoot(options: MailInboxOptions = {}): DynamicModule {
    const path = resolveInboxPath(options);
    return {
      module: MailInboxModule,
      // For the mailroom, which asks for whoever watches.
      global: true,
      imports: [RouterModule.register([{ path, module: MailInboxModule }]), MailEnvironmentModule],
      controllers: CONTROLLERS,
      providers: [optionsProvider(options), ...PROVIDERS],
      exports: [MAIL_WATCHER],
    };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(TrailingSlash).forRoutes(PageController);
  }
}

function optionsProvider(options: MailInboxOptions): FactoryProvider<ResolvedInboxOptions> {
  return {
    provide: INBOX_OPTIONS,
    inject: [ENVIRONMENT, ModulesContainer],
    useFactory: ({ surroundings }: MailEnvironment, container: ModulesContainer) => {
      if (countGlobal(container, INBOX_OPTIONS) > 1) throw twoInboxes();
      return resolveInboxOptions(options, surroundings);
    },
  };
}

const PROVIDERS: Provider[] = [
  ...SERVICE_PROVIDERS,
  Closing,
  InboxAnnouncement,
  InboxDoor,
  InboxLifecycle,
  InboxStatus,
  InboxWatch,
  LiveEvents,
  MailroomView,
  MessageReader,
  MessageWait,
  SmtpDoor,
  StoreEvents,
  { provide: PageFiles, useFactory: () => new PageFiles() },
  { provide: MAIL_WATCHER, useExisting: InboxWatch },
  {
    provide: MailStore,
    inject: [INBOX_OPTIONS],
    useFactory: ({ dir, keep }: ResolvedInboxOptions) =>
      new MailStore({ files: new MailFiles(dir), keep, onFault: tellFault() }),
  },
  {
    provide: MailCapture,
    inject: [MailStore, MailroomView, INBOX_OPTIONS],
    useFactory: (store: MailStore, mailroom: MailroomView, { watch }: ResolvedInboxOptions) =>
      new MailCapture({
        store,
        now: () => new Date(),
        wants: (mailer) => watch || mailroom.captures(mailer),
        onFault: tellFault(),
      }),
  },
];

function tellFault(): (what: string) => void {
  const logger = new Logger('MailInbox');
  return (what) => logger.warn(what);
}

function twoInboxes(): MailError {
  return new MailError('config', 'MailInboxModule.forRoot() is imported twice in one application. Keep one.');
}
