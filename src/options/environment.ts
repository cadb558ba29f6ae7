import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { ConfigModule, ConfigService } from '@nestjs/config';
import { mailConfig, mailEnvironment } from './config.js';
import type { MailEnvironment } from './options.js';

/** The application's `MAIL_*` variables, read. */
export const ENVIRONMENT = Symbol.for('nest-mailroom:environment');

const environmentProvider: FactoryProvider<MailEnvironment> = {
  provide: ENVIRONMENT,
  inject: [{ token: ConfigService, optional: true }],
  // What a test puts in the service's place is none, and knows nothing of these variables.
  useFactory: (config: unknown) => mailEnvironment(config instanceof ConfigService ? config : undefined),
};

/**
 * Reads `MAIL_*` through the service of a global `ConfigModule`, so that its `load` and `validate` count; without
 * one from the process. Imports nothing: a `ConfigService` of a nearer module would not wait for the application's.
 */
@Module({ providers: [environmentProvider], exports: [ENVIRONMENT] })
export class MailEnvironmentModule {}

/** Makes what was read known to the application as `ConfigService.get('nest-mailroom')`. */
@Module({ imports: [namespace()] })
export class MailNamespaceModule {}

/** `ConfigModule.forFeature(mailConfig)`, which gives what the module itself goes by. */
function namespace(): DynamicModule {
  const { providers = [], ...feature } = ConfigModule.forFeature(mailConfig);
  const read: FactoryProvider = {
    provide: mailConfig.KEY,
    inject: [ENVIRONMENT],
    useFactory: ({ options }: MailEnvironment) => options,
  };
  return { ...feature, imports: [MailEnvironmentModule], providers: [...providers, read] };
}
