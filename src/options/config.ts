import { dirname } from 'node:path';
import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { ConfigModule, ConfigService, registerAs, type ConfigFactoryKeyHost } from '@nestjs/config';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { givenOptions } from './module.js';
import type { MailEnvironment, MailModuleOptions, Surroundings } from './options.js';
import { ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import {
  type Environment,
  readVariables,
  unknownVariables,
  type VariableName,
  VARIABLES,
  type VariableValues,
} from './variables.js';
import { At } from '../reader/option.js';
import { isGroup } from '../reader/group.js';
import type { TlsMode } from '../transport/smtp/smtp.options.js';

/**
 * Reads the environment without throwing: the boot reports its problems together with those of the options, which
 * may make some of them moot.
 */
export function readEnvironment(env: Environment, surroundings: Surroundings): MailEnvironment {
  const report = new ConfigReport();
  const values = readVariables(env, report);
  return {
    options: toOptions(values, report),
    apiKey: apiKeyIn(values),
    unknown: unknownVariables(env),
    surroundings,
    report,
  };
}

function apiKeyIn(values: VariableValues): string | undefined {
  const key = values.get('MAIL_API_KEY');
  return typeof key === 'string' ? key : undefined;
}

function toOptions(values: VariableValues, report: ConfigReport): MailModuleOptions {
  settleAlias('MAIL_HOST', 'MAIL_SERVER', values, report);
  settleTls(values, report);
  settleAlias('MAIL_MAX_MESSAGES', 'MAIL_MAX_EMAILS', values, report);
  refuseBoth(values, report);
  settleAlias('MAIL_FROM', 'MAIL_DEFAULT_SENDER', values, report);
  return givenOptions(nested(values), 'MAIL_*', 'options');
}

/** Puts each value at the path of its option. */
function nested(values: VariableValues): object {
  const options: Record<string, unknown> = {};
  for (const [name, value] of values) {
    const [first, second] = VARIABLES[name]?.path ?? [];
    if (first === undefined) continue;
    const group = options[first];
    options[first] = second === undefined ? value : { ...(isGroup(group) && group), [second]: value };
  }
  return options;
}

/** MAIL_URL has host, port and TLS in itself. */
function refuseBoth(values: VariableValues, report: ConfigReport): void {
  const rivals = ['MAIL_HOST', 'MAIL_PORT', 'MAIL_TLS'].filter((name) => values.has(name));
  if (!values.has('MAIL_URL') || rivals.length === 0) return;
  new At('MAIL_URL', report).refuse(
    `either MAIL_URL or ${rivals.join(', ')}`,
    'both',
    'Put host, port and ?tls=… into MAIL_URL, or drop MAIL_URL',
  );
}

/** Flask-Mail's two switches; `false` means "no opinion", never "plaintext". */
function settleTls(values: VariableValues, report: ConfigReport): void {
  const [isStarted, isImplicit] = [values.get('MAIL_USE_TLS') === true, values.get('MAIL_USE_SSL') === true];
  if (isStarted && isImplicit) {
    new At('MAIL_USE_TLS', report).refuse(
      'one of MAIL_USE_TLS (STARTTLS) and MAIL_USE_SSL (TLS from the start)',
      'both',
      'Port 587 wants MAIL_USE_TLS, port 465 MAIL_USE_SSL',
    );
  }
  if (!isStarted && !isImplicit) return;
  const alias: TlsMode = isImplicit ? 'implicit' : 'required';
  const own = values.get('MAIL_TLS') ?? alias;
  values.set('MAIL_TLS', own);
  if (own === alias) return;
  const expected = 'the same as MAIL_USE_TLS and MAIL_USE_SSL say';
  new At('MAIL_TLS', report).refuse(expected, show(own), 'Keep MAIL_TLS only');
}

/** Settles a setting with two names: equal values are fine, different ones are not. */
function settleAlias(
  name: VariableName,
  alias: VariableName,
  values: VariableValues,
  report: ConfigReport,
): void {
  const other = values.get(alias);
  if (other === undefined) return;
  const own = values.get(name) ?? other;
  values.set(name, own);
  if (own === other) return;
  new At(alias, report).refuse(`the value of ${name}`, 'another', `Keep ${name} only`);
}

/** The part of `ConfigService` that the module uses. */
export interface ConfigSource {
  get(name: string): unknown;
}

/** The `MAIL_*` variables of a service, else of the process, and where the process runs. */
export function mailEnvironment(config?: ConfigSource): MailEnvironment {
  return readEnvironment(config ? variablesOf(config) : process.env, {
    nodeEnv: emptyIsUnset(process.env['NODE_ENV']),
    workingDir: process.cwd(),
    entryDir: dirname(process.argv[1] ?? process.cwd()),
  });
}

/** A ConfigService cannot list its names, so unknown variables are searched in the process's environment. */
function variablesOf(config: ConfigSource): Environment {
  const known = Object.keys(VARIABLES).map((name): [string, unknown] => [name, config.get(name)]);
  return { ...process.env, ...Object.fromEntries<unknown>(known) };
}

function emptyIsUnset(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

type Registered<T> = (() => T) & ConfigFactoryKeyHost<T>;

/**
 * `MAIL_*` of the process as options, for `@nestjs/config`: `ConfigModule.forRoot({ load: [mailConfig] })`, or
 * `MailModule.forRootAsync(mailConfig.asProvider())`. `MailModule` loads it by itself, as
 * `ConfigService.get('nest-mailroom')`, and reports faults of the environment at boot.
 */
export const mailConfig: Registered<MailModuleOptions> = registerAs('nest-mailroom', () => {
  const { options } = mailEnvironment();
  made.add(options);
  return options;
});

const made = new WeakSet<object>();

/** Whether `mailConfig` made these options: the module then reads the variables itself, with better reports. */
export function isMailConfig(options: MailModuleOptions): boolean {
  return made.has(options);
}

/** The application's `MAIL_*` variables, read. */
export const ENVIRONMENT = Symbol.for('nest-mailroom:environment');

const environmentProvider: FactoryProvider<MailEnvironment> = {
  provide: ENVIRONMENT,
  inject: [{ token: ConfigService, optional: true }],
  // A test may override the service with a value that knows nothing of these variables.
  useFactory: (config: unknown) => mailEnvironment(config instanceof ConfigService ? config : undefined),
};

/**
 * Reads `MAIL_*` through the service of a global `ConfigModule`, so that its `load` and `validate` count; else
 * from the process. Imports nothing: a `ConfigService` of a nearer module would not wait for the application's.
 */
@Module({ providers: [environmentProvider], exports: [ENVIRONMENT] })
export class MailEnvironmentModule {}

/** Publishes the options of the environment as `ConfigService.get('nest-mailroom')`. */
@Module({ imports: [namespace()] })
export class MailNamespaceModule {}

/** `ConfigModule.forFeature(mailConfig)` with the values that the module itself uses. */
function namespace(): DynamicModule {
  const { providers = [], ...feature } = ConfigModule.forFeature(mailConfig);
  const read: FactoryProvider = {
    provide: mailConfig.KEY,
    inject: [ENVIRONMENT],
    useFactory: ({ options }: MailEnvironment) => options,
  };
  return { ...feature, imports: [MailEnvironmentModule], providers: [...providers, read] };
}

export type MailEnv = { readonly [N in VariableName]?: string };

/**
 * A Standard Schema of the `MAIL_*` variables, to compose into an application's own validation:
 * `ConfigModule.forRoot({ validationSchema: mailEnvSchema })`. Other variables are left alone.
 */
export const mailEnvSchema: StandardSchemaV1<Environment, MailEnv> = {
  '~standard': { version: 1, vendor: 'nest-mailroom', validate: validateEnv },
};

function validateEnv(value: unknown): StandardSchemaV1.Result<MailEnv> {
  if (typeof value !== 'object' || value === null) {
    return { issues: [{ message: 'expected an object of environment variables' }] };
  }
  const env: Environment = { ...value };
  const { report } = readEnvironment(env, { nodeEnv: undefined, workingDir: '.', entryDir: '.' });
  if (report.problems.length > 0) {
    return {
      issues: report.problems.map((problem) => ({ message: report.line(problem), path: [problem.where] })),
    };
  }
  const known = Object.entries(env).filter(
    ([key, text]) => Object.hasOwn(VARIABLES, key) && typeof text === 'string',
  );
  return { value: Object.fromEntries(known) };
}
