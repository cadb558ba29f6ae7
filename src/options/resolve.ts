import { checkGroup, checkKeys, readBoolean, readClasses, readList, readTime } from './checks.js';
import { MAILER_KEYS, MOVED, resolveDefault, resolveNamed, type Scope } from './mailers.js';
import { isProduction, proveQueue, unwritableFolders } from './places.js';
import { resolveQueue } from './queue.js';
import { readRenderer } from './renderer.js';
import { resolveTemplates } from './templates.js';
import { captureTransport, defined, mergeTransport } from './transport.js';
import type {
  MailEnvironment,
  MailerOptions,
  MailModuleOptions,
  QueueModuleOptions,
  ResolvedMailer,
  ResolvedMailOptions,
} from './options.js';
import { ConfigReport } from '../errors/config-report.js';
import { readIgnored, unknownVariable } from './variables.js';
import { SpareKey } from '../transport/http/spare-key.js';
import type { TransportResources } from '../transport/resources.js';

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000;

export const MODULE_KEYS = [
  ...MAILER_KEYS,
  'templates',
  'renderer',
  'mailers',
  'use',
  'interceptors',
  'suppressSend',
  'shutdownTimeout',
  'queue',
  'ignoreVariables',
] as const satisfies ReadonlyArray<keyof MailModuleOptions>;

/**
 * Options over environment over defaults, field by field, all of it checked.
 * @throws {MailError} `config` with every problem of the options and the environment, one line each
 */
export async function resolveMailOptions(
  given: MailModuleOptions,
  environment: MailEnvironment,
  resources: Omit<TransportResources, 'extensions'>,
): Promise<ResolvedMailOptions> {
  const report = new ConfigReport();
  report.include(environment.report);
  checkKeys(given, MODULE_KEYS, { where: '', report }, MOVED);
  const options = merge(given, environment.options);
  const isSuppressed = readBoolean(options.suppressSend, { where: 'suppressSend', report }) ?? false;
  const extensions = readList(options.use, { where: 'use', report }) ?? [];
  const spareKey = environment.apiKey === undefined ? undefined : new SpareKey(environment.apiKey);
  const scope: Scope = {
    report,
    resources: { ...resources, extensions, spareKey },
    surroundings: environment.surroundings,
    capture: captureTransport(options.transport, environment.surroundings, isSuppressed, resources),
    isSuppressed,
    givenTransport: given.transport,
  };
  const mailers = resolveMailers(options, scope);
  if (spareKey && !scope.capture) checkSpareKey(spareKey, report);
  const templates = resolveTemplates(options.templates ?? {}, environment.surroundings, report);
  const renderer = readRenderer(options, { where: 'renderer', report });
  const queue = await provenQueue(options.queue ?? {}, given.queue ?? {}, scope);
  const shutdownTimeout = readTime(options.shutdownTimeout, { where: 'shutdownTimeout', report });
  const interceptors = readClasses(options.interceptors, { where: 'interceptors', report }) ?? [];
  warnOfUnknown(options, environment, report);
  report.throwIfAny('The mail configuration is not usable:');
  return {
    mailers,
    templates,
    renderer,
    queue,
    interceptors,
    shutdownTimeout: shutdownTimeout ?? DEFAULT_SHUTDOWN_TIMEOUT_MS,
    capture: scope.capture,
    warnings: [...report.hints, ...(await unwritableFolders(mailers)), ...withoutSender(mailers)],
  };
}

function resolveMailers(options: MailModuleOptions, scope: Scope): ResolvedMailOptions['mailers'] {
  const first = resolveDefault(options, scope);
  const named = mailersOf(options, scope.report);
  return [first, ...named.map(([name, own]) => resolveNamed(name, own, first, scope))];
}

/** A key nobody uses was meant for somebody, and two providers have not the same. */
function checkSpareKey({ taken }: SpareKey, report: ConfigReport): void {
  if (taken === 1) return;
  report.add({
    where: 'MAIL_API_KEY',
    expected: 'one URL of a provider without a key, which it completes',
    found: taken === 0 ? 'none' : `${taken}`,
    mend: taken === 0 ? 'Unset it, or take the key out of the URL' : 'Put each key into its URL',
  });
}

/** Nothing of the queue stops the boot where mails are captured, or outside production. */
async function provenQueue(
  options: QueueModuleOptions,
  given: QueueModuleOptions,
  { surroundings, capture, resources, report }: Scope,
): Promise<ResolvedMailOptions['queue']> {
  const isCaptured = capture !== undefined;
  const queue = resolveQueue(options, resources.extensions, { ...surroundings, isCaptured }, report);
  const where = given.path === undefined ? 'MAIL_SPOOL_PATH' : 'queue.path';
  return proveQueue(queue, { where, report }, isProduction(surroundings) && !isCaptured);
}

/** A mail may name its own sender, so that this stops nothing. */
function withoutSender(mailers: readonly ResolvedMailer[]): readonly string[] {
  const names = mailers.filter(({ from }) => !from).map(({ name }) => `'${name}'`);
  if (names.length === 0) return [];
  return [
    `No sender is configured for mails of ${names.join(', ')}: each has to name its own (from), or it is refused. Set MAIL_FROM, or pass from to MailModule.forRoot().`,
  ];
}

function warnOfUnknown(
  { ignoreVariables }: MailModuleOptions,
  { unknown }: MailEnvironment,
  report: ConfigReport,
): void {
  const ignored = readIgnored(ignoreVariables, { where: 'ignoreVariables', report });
  for (const name of unknown) if (!ignored.includes(name)) report.hint(unknownVariable(name));
}

function mailersOf(
  { mailers = {} }: MailModuleOptions,
  report: ConfigReport,
): ReadonlyArray<readonly [string, MailerOptions]> {
  if (!checkGroup(mailers, { where: 'mailers', report })) return [];
  return Object.entries(mailers).filter(([name, own]) =>
    checkGroup(own, { where: `mailers.${name}`, report }),
  );
}

function merge(given: MailModuleOptions, fromEnvironment: MailModuleOptions): MailModuleOptions {
  const ownFolder = given.templates?.dir !== undefined || given.templates?.dirs !== undefined;
  return {
    ...fromEnvironment,
    ...defined(given),
    transport: mergeTransport(given.transport, fromEnvironment.transport),
    guard: mergeFields(given.guard, fromEnvironment.guard),
    queue: mergeFields(given.queue, fromEnvironment.queue),
    attachments: mergeFields(given.attachments, fromEnvironment.attachments),
    templates: mergeFields(given.templates, ownFolder ? undefined : fromEnvironment.templates),
  };
}

function mergeFields<T extends object>(given: T | undefined, base: T | undefined): T | undefined {
  return given && base ? { ...base, ...defined(given) } : (given ?? base);
}
