import type { FactoryProvider, ModuleMetadata, Provider, Type } from '@nestjs/common';
import { MailError } from '../errors/mail-error.js';
import { show } from '../errors/show.js';
import { isObject } from '../message/values/fields.js';
import type { MailInboxOptions } from './inbox.options.js';

/** Makes the options of `MailInboxModule.forRootAsync({ useClass | useExisting })`. */
export interface MailInboxOptionsFactory {
  createMailInboxOptions(): MailInboxOptions | Promise<MailInboxOptions>;
}

/** Exactly one of `useFactory`, `useClass` and `useExisting`. */
export interface MailInboxModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject'];
  readonly useFactory?: (...dependencies: never[]) => MailInboxOptions | Promise<MailInboxOptions>;
  readonly useClass?: Type<MailInboxOptionsFactory>;
  readonly useExisting?: Type<MailInboxOptionsFactory>;
  /** Further providers for the factory. */
  readonly extraProviders?: Provider[];
}

/** Injection token of the options as the application gives them, not yet checked. */
export const GIVEN_OPTIONS = Symbol('nest-mailroom:inbox:given-options');

const TITLE = 'MailInboxModule.forRootAsync()';

/** @throws {MailError} `config` unless exactly one source of options is given */
export function asyncOptionProviders(options: MailInboxModuleAsyncOptions): Provider[] {
  const { useFactory, useClass, useExisting, inject = [], extraProviders = [] } = options;
  const sources = [useFactory, useClass, useExisting].filter((way) => way !== undefined);
  if (sources.length !== 1) {
    const expected = 'one of useFactory, useClass and useExisting';
    throw new MailError('config', `${TITLE}: expected ${expected}, got ${sources.length}.`);
  }
  if (useFactory) return [...extraProviders, { provide: GIVEN_OPTIONS, useFactory, inject }];
  const made: FactoryProvider = {
    provide: GIVEN_OPTIONS,
    useFactory: (factory: MailInboxOptionsFactory) => factory.createMailInboxOptions(),
    inject: [useClass ?? useExisting ?? GIVEN_OPTIONS],
  };
  return [...extraProviders, ...(useClass ? [useClass] : []), made];
}

/**
 * Checks that a factory returned an object.
 * @throws {MailError} `config` otherwise
 */
export function givenOptions(value: unknown): MailInboxOptions {
  if (isObject(value)) return value;
  throw new MailError(
    'config',
    `${TITLE}: expected the factory to give an object of options, got ${typeof value === 'string' ? 'a string' : show(value)}.`,
  );
}
