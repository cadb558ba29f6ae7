import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Logger,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  type Provider,
  RequestMethod,
  type Type,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { countGlobal } from '../module/container.js';
import { ENVIRONMENT, MailEnvironmentModule } from '../options/environment.js';
import { MailError } from '../errors/mail-error.js';
import type { MailEnvironment } from '../options/options.js';
import { MAIL_WATCHER } from '../mail.watch.js';
import { InboxWatch } from './capture/inbox-watch.js';
import { MailCapture } from './capture/mail-capture.js';
import { SmtpDoor } from './capture/smtp-door.js';
import {
  asyncOptionProviders,
  GIVEN_OPTIONS,
  givenOptions,
  type MailInboxModuleAsyncOptions,
} from './inbox.async-options.js';
import { InboxLifecycle } from './inbox.lifecycle.js';
import {
  checkInboxPath,
  INBOX_OPTIONS,
  type MailInboxOptions,
  resolveInboxOptions,
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
import { INBOX_CONTROLLERS, InboxRoutes } from './routing/inbox-routes.js';
import { InboxDoor } from './safety/inbox-door.js';
import { InboxStatus } from './status/inbox-status.js';
import { StatusController } from './status/status.controller.js';
import { MailFiles } from './store/mail-files.js';
import { MailStore } from './store/mail-store.js';

/** Every one is made by `InboxController`, which puts it behind the guards. */
const CONTROLLERS: Type<object>[] = [
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
    checkInboxPath(options);
    return rootModule([{ provide: GIVEN_OPTIONS, useValue: options }]);
  }

  /**
   * The same, with options made by a factory.
   * @throws {MailError} `config` for anything but one way to make them
   */
  static forRootAsync(options: MailInboxModuleAsyncOptions): DynamicModule {
    return rootModule(asyncOptionProviders(options), options.imports);
  }

  readonly #path: string;

  constructor(@Inject(INBOX_OPTIONS) { path }: ResolvedInboxOptions) {
    this.#path = path;
  }

  configure(consumer: MiddlewareConsumer): void {
    const below = { path: `${this.#path}/{*rest}`, method: RequestMethod.GET };
    consumer.apply(TrailingSlash).forRoutes(below);
  }
}

function rootModule(options: Provider[], imports: ModuleMetadata['imports'] = []): DynamicModule {
  return {
    module: MailInboxModule,
    // For the mailroom, which asks for whoever watches.
    global: true,
    imports: [...imports, MailEnvironmentModule],
    providers: [...options, RESOLVED_OPTIONS, ...PROVIDERS],
    exports: [MAIL_WATCHER],
  };
}

const RESOLVED_OPTIONS: FactoryProvider<ResolvedInboxOptions> = {
  provide: INBOX_OPTIONS,
  inject: [GIVEN_OPTIONS, ENVIRONMENT, ModulesContainer],
  useFactory: (given: unknown, { surroundings }: MailEnvironment, container: ModulesContainer) => {
    if (countGlobal(container, INBOX_OPTIONS) > 1) throw twoInboxes();
    return resolveInboxOptions(givenOptions(given), surroundings);
  },
};

const PROVIDERS: Provider[] = [
  ...CONTROLLERS,
  { provide: INBOX_CONTROLLERS, inject: CONTROLLERS, useFactory: (...made: object[]) => made },
  ...SERVICE_PROVIDERS,
  Closing,
  InboxAnnouncement,
  InboxDoor,
  InboxLifecycle,
  InboxRoutes,
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
        captures: (mailer) => mailroom.captures(mailer),
        onFault: tellFault(),
      }),
  },
];

function tellFault(): (what: string) => void {
  const logger = new Logger('MailInbox');
  return (what) => logger.warn(what);
}

function twoInboxes(): MailError {
  return new MailError('config', 'MailInboxModule is imported twice in one application. Keep one.');
}
