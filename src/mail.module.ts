import {
  type DynamicModule,
  type FactoryProvider,
  Module,
  type ModuleMetadata,
  type Provider,
  type Type,
} from '@nestjs/common';
import { isMailConfig, MailEnvironmentModule, MailNamespaceModule } from './options/config.js';
import { MailError } from './errors/mail-error.js';
import { getMailerToken, requestedMailers } from './mail.mailers.js';
import { givenOptions } from './options/module.js';
import type { MailModuleOptions } from './options/options.js';
import { FEATURE, type MailFeatureOptions, OPTIONS, rootProviders } from './module/providers.js';
import { pathFault } from './errors/path-fault.js';
import { show } from './errors/show.js';
import { MailQueueService } from './mail.queue.service.js';
import { MailService } from './mail.service.js';
import { DEFAULT_MAILER, getTransportToken, MAIL_TRANSPORT } from './mail.tokens.js';
import { MailOutbox } from './transport/memory/outbox.js';

/** Makes the options of `MailModule.forRootAsync({ useClass | useExisting })`. */
export interface MailOptionsFactory {
  createMailOptions(): MailModuleOptions | Promise<MailModuleOptions>;
}

/** Exactly one of `useFactory`, `useClass` and `useExisting`. */
export interface MailModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory?: (...dependencies: never[]) => MailModuleOptions | Promise<MailModuleOptions>;
  readonly useClass?: Type<MailOptionsFactory>;
  readonly useExisting?: Type<MailOptionsFactory>;
  /** Providers that the factory injects. */
  readonly extraProviders?: Provider[];
  /** Names of mailers to provide. Names given to `@InjectMailer` anywhere need no entry. */
  readonly mailers?: readonly string[];
  /** @default true */
  readonly isGlobal?: boolean;
}

const NAMESPACE = /^[A-Za-z0-9][\w-]*$/;

/**
 * The mail module. `forRoot()` alone reads everything from the `MAIL_*` environment; see
 * `MailModuleOptions` for the options. Provides and exports `MailService`, `MailOutbox`, and the
 * tokens of mailers and transports.
 */
@Module({})
export class MailModule {
  /**
   * Options win over the environment field by field.
   * The boot fails with `MailError` `config` when they are not usable, and `template-invalid` when a template is not.
   */
  static forRoot(options: MailModuleOptions = {}): DynamicModule {
    const { isGlobal = true, ...rest } = givenOptions(options, 'MailModule.forRoot', 'an object of options');
    return rootModule([{ provide: OPTIONS, useValue: rest }], Object.keys(rest.mailers ?? {}), isGlobal);
  }

  /** The same with options from a factory. */
  static forRootAsync(options: MailModuleAsyncOptions): DynamicModule {
    return rootModule(
      asyncOptions(options),
      options.mailers ?? [],
      options.isGlobal ?? true,
      options.imports,
    );
  }

  /**
   * Templates of a feature, under its own namespace. Import it before or after the root, or in the same module
   * without the root. Its layouts and partials take precedence over the root's.
   * The boot fails with `config` when a namespace is used twice.
   */
  static forFeature({ namespace, dir }: MailFeatureOptions): DynamicModule {
    if (!NAMESPACE.test(namespace)) {
      throw new MailError(
        'config',
        `MailModule.forFeature: expected a namespace of letters, digits, _ and -, got ${show(namespace)}.`,
      );
    }
    const fault = pathFault(dir);
    if (fault !== undefined) {
      throw new MailError(
        'config',
        `MailModule.forFeature: expected \`dir\` to be a folder, got ${show(dir)}. ${fault}.`,
      );
    }
    return { module: MailFeatureModule, providers: [{ provide: FEATURE, useValue: { namespace, dir } }] };
  }
}

@Module({})
class MailFeatureModule {}

function rootModule(
  optionProviders: Provider[],
  names: readonly string[],
  isGlobal: boolean,
  imports: ModuleMetadata['imports'] = [],
): DynamicModule {
  const named = [...new Set([...names, ...requestedMailers()])].filter((name) => name !== DEFAULT_MAILER);
  return {
    module: MailModule,
    global: isGlobal,
    imports: [...imports, MailEnvironmentModule, MailNamespaceModule],
    providers: [...optionProviders, ...rootProviders(named)],
    exports: [
      MailService,
      MailQueueService,
      MailOutbox,
      MAIL_TRANSPORT,
      ...named.flatMap((name) => [getMailerToken(name), getTransportToken(name)]),
    ],
  };
}

function asyncOptions(options: MailModuleAsyncOptions): Provider[] {
  const { useFactory, useClass, useExisting, inject = [], extraProviders = [] } = options;
  const ways = [useFactory, useClass, useExisting].filter((way) => way !== undefined);
  if (ways.length !== 1) {
    throw new MailError(
      'config',
      `MailModule.forRootAsync: expected one of useFactory, useClass and useExisting, got ${ways.length}.`,
    );
  }
  if (useFactory) return [...extraProviders, { provide: GIVEN, useFactory, inject }, checked('useFactory')];
  const made = {
    provide: GIVEN,
    useFactory: madeOptions,
    inject: [useClass ?? useExisting ?? MailModule],
  };
  return [...extraProviders, ...(useClass ? [useClass] : []), made, checked('createMailOptions()')];
}

/** The result of the factory, not checked yet. */
const GIVEN = Symbol.for('nest-mailroom:options:given');

function checked(maker: string): FactoryProvider<MailModuleOptions> {
  return {
    provide: OPTIONS,
    inject: [GIVEN],
    useFactory: (given: unknown) => {
      const expected = `${maker} to return an object of options`;
      const options = givenOptions(given, 'MailModule.forRootAsync', expected);
      return isMailConfig(options) ? {} : options;
    },
  };
}

/** A class passes: only its instance can show whether it is a factory. */
function madeOptions(factory: Partial<MailOptionsFactory>): unknown {
  if (typeof factory.createMailOptions === 'function') return factory.createMailOptions();
  throw new MailError(
    'config',
    `MailModule.forRootAsync: expected ${show(factory.constructor)} to have a method createMailOptions().`,
  );
}
