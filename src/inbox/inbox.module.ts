import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  type MiddlewareConsumer,
  Module,
  type ModuleMetadata,
  type NestModule,
  type Provider,
  RequestMethod,
} from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { MailError } from '../errors/mail-error.js';
import { MAIL_OBSERVER } from '../mail.observer.js';
import { countGlobal } from '../module/container.js';
import { ENVIRONMENT, MailEnvironmentModule } from '../options/config.js';
import type { MailEnvironment } from '../options/options.js';
import { CAPTURE } from './capture/capture.feature.js';
import { CHAOS } from './chaos/chaos.controller.js';
import { FINDINGS } from './findings/findings.controller.js';
import { GALLERY } from './gallery/gallery.controller.js';
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
import { LINKS } from './links/links.controller.js';
import { LIVE } from './live/live.feature.js';
import { MailroomView } from './mailroom-view.js';
import { MESSAGES } from './messages/messages.controller.js';
import { OPENAPI } from './openapi/openapi.controller.js';
import { PAGE } from './page/page.controller.js';
import { TrailingSlash } from './page/trailing-slash.js';
import { QUEUE } from './queue/queue.controller.js';
import { RELEASE } from './release/release.controller.js';
import { INBOX_CONTROLLERS, type InboxFeature } from './routing/inbox-controller.js';
import { InboxRoutes } from './routing/inbox-routes.js';
import { CrossSiteProtection } from './safety/cross-site-protection.js';
import { STATUS } from './status/status.controller.js';

const FEATURES: readonly InboxFeature[] = [
  CAPTURE,
  CHAOS,
  FINDINGS,
  GALLERY,
  LINKS,
  QUEUE,
  RELEASE,
  MESSAGES,
  LIVE,
  STATUS,
  OPENAPI,
  PAGE,
];

/**
 * The development inbox: a page and a JSON API that show the mails of the application, served by the application
 * itself. Import it beside `MailModule`. In production the boot fails, see `allowInProduction`.
 */
@Module({})
export class MailInboxModule implements NestModule {
  /**
   * The boot fails with a `MailError` `config` if the options are invalid, or in production.
   * @throws {MailError} `config` for an invalid `path`
   */
  static forRoot(options: MailInboxOptions = {}): DynamicModule {
    checkInboxPath(options);
    return rootModule([{ provide: GIVEN_OPTIONS, useValue: options }]);
  }

  /**
   * Takes the options from a factory.
   * @throws {MailError} `config` unless exactly one source of options is given
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
    // The mailroom looks up its observer, MAIL_OBSERVER, in the global modules.
    global: true,
    imports: [...imports, MailEnvironmentModule],
    providers: [...options, RESOLVED_OPTIONS, ...PROVIDERS],
    exports: [MAIL_OBSERVER],
  };
}

const RESOLVED_OPTIONS: FactoryProvider<ResolvedInboxOptions> = {
  provide: INBOX_OPTIONS,
  inject: [GIVEN_OPTIONS, ENVIRONMENT, ModulesContainer],
  useFactory: (given: unknown, { surroundings }: MailEnvironment, container: ModulesContainer) => {
    if (countGlobal(container, INBOX_OPTIONS) > 1)
      throw new MailError('config', 'MailInboxModule is imported twice in one application. Keep one.');
    return resolveInboxOptions(givenOptions(given), surroundings);
  },
};

const CONTROLLERS = FEATURES.flatMap(({ controllers = [] }) => controllers);

const PROVIDERS: Provider[] = [
  ...CONTROLLERS,
  { provide: INBOX_CONTROLLERS, inject: CONTROLLERS, useFactory: (...made: object[]) => made },
  ...FEATURES.flatMap(({ providers = [] }) => providers),
  CrossSiteProtection,
  InboxLifecycle,
  InboxRoutes,
  MailroomView,
];
