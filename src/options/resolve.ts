import { mailerReading, resolveMailers, type Scope } from './mailers.js';
import { MODULE } from './module.js';
import { proveQueue, unwritableFolders } from './places.js';
import { isProduction, resolveQueue } from './queue.js';
import type { ResolvedMailOptions } from './resolved.js';
import { resolveTemplates } from './templates.js';
import { captureTransport, defined, mergeTransport } from './transport.js';
import type { MailEnvironment, MailModuleOptions, ResolvedMailer, TemplateOptions } from './options.js';
import { ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { ownFault, unknownVariable } from './variables.js';
import { At } from '../reader/option.js';
import type { Settings } from '../reader/group.js';
import { SpareKey } from '../transport/http/spare-key.js';
import type { TransportResources } from '../transport/resources.js';

/**
 * Merges options over environment over defaults, field by field, and checks everything.
 * @throws {MailError} `config` with every problem of the options and the environment, one line each
 */
export async function resolveMailOptions(
  given: MailModuleOptions,
  environment: MailEnvironment,
  resources: Omit<TransportResources, 'extensions'>,
): Promise<ResolvedMailOptions> {
  const report = new ConfigReport();
  report.include(environment.report);
  const at = new At('', report);
  const options = merge(given, environment.options);
  const settings = MODULE.settings(options, at);
  const spareKey = environment.apiKey === undefined ? undefined : new SpareKey(environment.apiKey);
  const { surroundings } = environment;
  const { suppressSend: isSuppressed, use: extensions, renderer, resolver } = settings;
  const scope: Scope = {
    report,
    resources: { ...resources, extensions, spareKey },
    surroundings,
    capture: captureTransport(options.transport, surroundings, isSuppressed, resources),
    isSuppressed,
    givenTransport: given.transport,
  };
  const mailers = resolveMailers(options, settings, scope);
  if (spareKey && !scope.capture) checkSpareKey(spareKey, report);
  const templates = resolveTemplates(settings.templates, surroundings, at.field('templates'));
  if (renderer) refuseBesideRenderer(options.templates ?? {}, at.field('templates'));
  const queue = await provenQueue(settings.queue, given, scope);
  warnOfUnknown(settings, environment, at.field('ignoreVariables'));
  report.throwIfAny('The mail configuration is not usable:');
  return {
    mailers,
    resolver: resolver && { type: resolver, ...mailerReading(settings, scope) },
    templates,
    renderer,
    queue,
    interceptors: settings.interceptors,
    shutdownTimeout: settings.shutdownTimeout,
    capture: scope.capture,
    warnings: [...report.hints, ...(await unwritableFolders(mailers)), ...withoutSender(mailers)],
  };
}

/** A key that no URL uses was meant for one, and two providers do not share a key. */
function checkSpareKey({ taken }: SpareKey, report: ConfigReport): void {
  if (taken === 1) return;
  report.add({
    where: 'MAIL_API_KEY',
    expected: 'one URL of a provider without a key, which it completes',
    found: taken === 0 ? 'none' : `${taken}`,
    fix: taken === 0 ? 'Unset it, or take the key out of the URL' : 'Put each key into its URL',
  });
}

/** Options for Handlebars have no effect beside a renderer of the application's own. */
function refuseBesideRenderer(templates: TemplateOptions, at: At): void {
  for (const [key, value] of Object.entries(templates)) {
    if (key === 'watch' || value === undefined) continue;
    const fix = key === 'dir' ? 'Unset MAIL_TEMPLATES_DIR too' : undefined;
    at.field(key).refuse('nothing beside a renderer of your own', show(value), fix);
  }
}

/** Faults of the queue's place stop the boot only in production, and not where mails are captured. */
async function provenQueue(
  settings: Settings<typeof MODULE>['queue'],
  given: MailModuleOptions,
  { surroundings, capture, resources, report }: Scope,
): Promise<ResolvedMailOptions['queue']> {
  const isCaptured = capture !== undefined;
  const queue = resolveQueue(settings, resources.extensions, { ...surroundings, isCaptured }, report);
  const where = given.queue?.path === undefined ? 'MAIL_SPOOL_PATH' : 'queue.path';
  return proveQueue(queue, new At(where, report), isProduction(surroundings) && !isCaptured);
}

/** A warning only: a mail may name its own sender. */
function withoutSender(mailers: readonly ResolvedMailer[]): readonly string[] {
  const names = mailers.filter(({ from }) => !from).map(({ name }) => `'${name}'`);
  if (names.length === 0) return [];
  return [
    `No sender is configured for mails of ${names.join(', ')}: each has to name its own (from), or it is refused. Set MAIL_FROM, or pass from to MailModule.forRoot().`,
  ];
}

/** `ignoreVariables` may only name variables of the application. */
function warnOfUnknown(
  { ignoreVariables }: Settings<typeof MODULE>,
  { unknown }: MailEnvironment,
  at: At,
): void {
  for (const [index, name] of ignoreVariables.entries()) {
    const fault = ownFault(name);
    if (fault === undefined) continue;
    at.item(index).refuse('the name of a variable of yours that begins with MAIL_', fault);
  }
  for (const name of unknown) if (!ignoreVariables.includes(name)) at.report.hint(unknownVariable(name));
}

function merge(given: MailModuleOptions, fromEnvironment: MailModuleOptions): MailModuleOptions {
  const ownFolder = given.templates?.dir !== undefined || given.templates?.dirs !== undefined;
  return {
    ...given,
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
