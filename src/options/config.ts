import { dirname } from 'node:path';
import { registerAs, type ConfigFactoryKeyHost } from '@nestjs/config';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { MailEnvironment, MailModuleOptions, QueueModuleOptions, Surroundings } from './options.js';
import { ConfigReport } from '../errors/config-report.js';
import {
  type Environment,
  readVariables,
  unknownVariables,
  type VariableName,
  VARIABLES,
  type VariableValues,
} from './variables.js';
import type { GuardOptions } from '../deliver/approve/guard.js';
import type { SmtpOptions, TlsMode } from '../transport/smtp/smtp.options.js';

/**
 * Reads the environment. Nothing is thrown here: problems are reported at boot together with those of
 * the options, which may make some of them moot.
 */
export function readEnvironment(env: Environment, surroundings: Surroundings): MailEnvironment {
  const report = new ConfigReport();
  const values = readVariables(env, report);
  return {
    options: toOptions(values, report),
    apiKey: values.MAIL_API_KEY,
    unknown: unknownVariables(env),
    surroundings,
    report,
  };
}

function toOptions(values: VariableValues, report: ConfigReport): MailModuleOptions {
  const transport = toTransport(values, report);
  const guard = toGuard(values);
  const queue = toQueue(values);
  const from = either(
    'MAIL_FROM',
    values.MAIL_FROM,
    'MAIL_DEFAULT_SENDER',
    values.MAIL_DEFAULT_SENDER,
    report,
  );
  return {
    ...(from && { from }),
    ...(values.MAIL_REPLY_TO && { replyTo: values.MAIL_REPLY_TO }),
    ...(transport && { transport }),
    ...(guard && { guard }),
    ...(values.MAIL_TIMEOUT && { timeout: values.MAIL_TIMEOUT }),
    ...(values.MAIL_VERIFY && { verify: values.MAIL_VERIFY }),
    ...(values.MAIL_TEMPLATES_DIR && { templates: { dir: values.MAIL_TEMPLATES_DIR } }),
    ...(values.MAIL_SUPPRESS_SEND !== undefined && { suppressSend: values.MAIL_SUPPRESS_SEND }),
    ...(queue && { queue }),
    ...(values.MAIL_ASCII_ATTACHMENTS !== undefined && {
      attachments: { asciiFilenames: values.MAIL_ASCII_ATTACHMENTS },
    }),
  };
}

function toTransport(values: VariableValues, report: ConfigReport): SmtpOptions | undefined {
  const host = either('MAIL_HOST', values.MAIL_HOST, 'MAIL_SERVER', values.MAIL_SERVER, report);
  const tls = toTls(values, report);
  const maxMessages = either(
    'MAIL_MAX_MESSAGES',
    values.MAIL_MAX_MESSAGES,
    'MAIL_MAX_EMAILS',
    values.MAIL_MAX_EMAILS,
    report,
  );
  refuseBoth(values, host, tls, report);
  const fields: SmtpOptions = {
    ...(values.MAIL_URL && { url: values.MAIL_URL }),
    ...(host && { host }),
    ...(values.MAIL_PORT && { port: values.MAIL_PORT }),
    ...(values.MAIL_USERNAME && { username: values.MAIL_USERNAME }),
    ...(values.MAIL_PASSWORD && { password: values.MAIL_PASSWORD }),
    ...(tls && { tls }),
    ...(values.MAIL_POOL_SIZE && { poolSize: values.MAIL_POOL_SIZE }),
    ...(maxMessages && { maxMessages }),
    ...(values.MAIL_DEBUG !== undefined && { debug: values.MAIL_DEBUG }),
  };
  return Object.keys(fields).length > 0 ? fields : undefined;
}

/** MAIL_URL says host, port and TLS itself. */
function refuseBoth(
  values: VariableValues,
  host: string | undefined,
  tls: TlsMode | undefined,
  report: ConfigReport,
): void {
  if (!values.MAIL_URL) return;
  const rivals = [host && 'MAIL_HOST', values.MAIL_PORT && 'MAIL_PORT', tls && 'MAIL_TLS'].filter(Boolean);
  if (rivals.length === 0) return;
  report.add({
    where: 'MAIL_URL',
    expected: `either MAIL_URL or ${rivals.join(', ')}`,
    found: 'both',
    mend: 'Put host, port and ?tls=… into MAIL_URL, or drop MAIL_URL',
  });
}

/** Flask-Mail's two switches; `false` means "no opinion", never "plaintext". */
function toTls(values: VariableValues, report: ConfigReport): TlsMode | undefined {
  if (values.MAIL_USE_TLS && values.MAIL_USE_SSL) {
    report.add({
      where: 'MAIL_USE_TLS',
      expected: 'one of MAIL_USE_TLS (STARTTLS) and MAIL_USE_SSL (TLS from the start)',
      found: 'both',
      mend: 'Port 587 wants MAIL_USE_TLS, port 465 MAIL_USE_SSL',
    });
  }
  const alias: TlsMode | undefined = values.MAIL_USE_SSL
    ? 'implicit'
    : values.MAIL_USE_TLS
      ? 'required'
      : undefined;
  if (values.MAIL_TLS && alias && values.MAIL_TLS !== alias) {
    report.add({
      where: 'MAIL_TLS',
      expected: 'the same as MAIL_USE_TLS and MAIL_USE_SSL say',
      found: values.MAIL_TLS,
      mend: 'Keep MAIL_TLS only',
    });
  }
  return values.MAIL_TLS ?? alias;
}

/** One setting under two names: the same value twice is fine, two values are not. */
function either<T extends string | number>(
  name: VariableName,
  own: T | undefined,
  alias: VariableName,
  other: T | undefined,
  report: ConfigReport,
): T | undefined {
  if (own !== undefined && other !== undefined && own !== other) {
    report.add({
      where: alias,
      expected: `the value of ${name}`,
      found: 'another',
      mend: `Keep ${name} only`,
    });
  }
  return own ?? other;
}

function toQueue(values: VariableValues): QueueModuleOptions | undefined {
  const {
    MAIL_QUEUE: driver,
    MAIL_SPOOL_PATH: path,
    MAIL_SPOOL_KEY: encryptionKey,
    MAIL_REDIS_URL: url,
  } = values;
  const queue = {
    ...(driver && { driver }),
    ...(path && { path }),
    ...(encryptionKey && { encryptionKey }),
    ...(url && { url }),
  };
  return Object.keys(queue).length > 0 ? queue : undefined;
}

function toGuard(values: VariableValues): GuardOptions | undefined {
  const { MAIL_ALLOW_RECIPIENTS: allow, MAIL_REDIRECT_TO: redirectTo } = values;
  return allow || redirectTo ? { ...(allow && { allow }), ...(redirectTo && { redirectTo }) } : undefined;
}

/** What `ConfigService` can do, as far as it is needed here. */
export interface ConfigSource {
  get(name: string): unknown;
}

/** The `MAIL_*` variables of this process, or as a service gives them, and where the process runs. */
export function mailEnvironment(config?: ConfigSource): MailEnvironment {
  return readEnvironment(config ? variablesOf(config) : process.env, {
    nodeEnv: emptyIsUnset(process.env['NODE_ENV']),
    workingDir: process.cwd(),
    entryDir: dirname(process.argv[1] ?? process.cwd()),
  });
}

/** A service cannot be asked for names it has: those that mean nothing are looked for in the process. */
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
 * `ConfigService.get('nest-mailroom')`, and reports at boot what is wrong in the environment.
 */
export const mailConfig: Registered<MailModuleOptions> = registerAs('nest-mailroom', () => {
  const { options } = mailEnvironment();
  made.add(options);
  return options;
});

const made = new WeakSet<object>();

/** Whether `mailConfig` made these options: the module reads the same variables, and knows better what they say. */
export function isMailConfig(options: MailModuleOptions): boolean {
  return made.has(options);
}

/** The `MAIL_*` part of an environment, as text. */
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
