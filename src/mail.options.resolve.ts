import { join, resolve } from 'node:path';
import { type GuardOptions, parsePattern, type RecipientGuard } from './deliver/guard.js';
import {
  checkKeys,
  type Place,
  readBoolean,
  readChoice,
  readInteger,
  readList,
  readParsed,
  readStrings,
  readTime,
} from './mail.options.checks.js';
import { readDefaultLocale, readTranslator } from './mail.options.messages.js';
import { readRenderer } from './mail.options.renderer.js';
import { readSources } from './mail.options.sources.js';
import { readTheme } from './mail.options.theme.js';
import {
  type Capture,
  captureTransport,
  checkEndpoint,
  type Defined,
  defined,
  mergeTransport,
  resolveTransport,
  transportPlace,
} from './mail.options.transport.js';
import type {
  MailEnvironment,
  MailerOptions,
  MailModuleOptions,
  ResolvedMailer,
  ResolvedMailOptions,
  ResolvedTemplates,
  Surroundings,
  TemplateOptions,
  TransportOption,
} from './mail.options.js';
import { resolveQueue } from './mail.options.queue.js';
import { ConfigReport, show } from './mail.report.js';
import { DEFAULT_MAILER } from './mail.tokens.js';
import { parseMailbox, parseMailboxes } from './message/mailbox.js';
import { FileTransport } from './transport/file/file.transport.js';
import { LogTransport } from './transport/log/log.transport.js';
import { MemoryTransport } from './transport/memory/memory.transport.js';
import type { TransportResources } from './transport/resources.js';

/** What a mailer has when neither it, nor the default mailer, nor the environment says otherwise. */
const DEFAULTS = {
  from: undefined,
  replyTo: [],
  transport: undefined,
  guard: undefined,
  attachmentRoots: [],
  asciiFilenames: false,
  verify: 'warn',
  maxRecipients: 50,
  maxMessageSize: 25 * 2 ** 20,
  timeout: 30_000,
} as const satisfies Omit<ResolvedMailer, 'name'>;

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 10_000;

const MAILER_KEYS = [
  'from',
  'replyTo',
  'transport',
  'guard',
  'attachments',
  'verify',
  'maxRecipients',
  'maxMessageSize',
  'timeout',
] as const satisfies ReadonlyArray<keyof MailerOptions>;

const MODULE_KEYS = [
  ...MAILER_KEYS,
  'templates',
  'renderer',
  'mailers',
  'use',
  'interceptors',
  'suppressSend',
  'shutdownTimeout',
  'queue',
] as const satisfies ReadonlyArray<keyof MailModuleOptions>;

const TEMPLATE_KEYS = [
  'dir',
  'dirs',
  'sources',
  'helpers',
  'theme',
  'defaultLocale',
  'translator',
  'inlineCss',
  'watch',
] as const satisfies ReadonlyArray<keyof TemplateOptions>;

/** Where the settings of other mail modules went. */
const MOVED: Readonly<Record<string, string>> = {
  auth: 'Use transport: { username, password }',
  isGlobal: 'Give it to forRootAsync itself, beside the factory',
  defaults: 'Put from and replyTo at the top level',
  options: 'Partials are found in partials/ of the templates folder',
  preview: 'Development mail is captured, and the log says where',
  sendTimeout: 'Use timeout',
  template: 'Use templates: { dir, helpers }',
  transports: 'Use mailers: { name: { transport } }',
  verifyTransporters: "Use verify: 'boot'",
};

/**
 * Options over environment over defaults, field by field, all of it checked.
 * @throws {MailError} `config` with every problem of the options and the environment, one line each
 */
export function resolveMailOptions(
  given: MailModuleOptions,
  environment: MailEnvironment,
  resources: Omit<TransportResources, 'extensions'>,
): ResolvedMailOptions {
  const report = new ConfigReport();
  report.include(environment.report);
  checkKeys(given, MODULE_KEYS, { where: '', report }, MOVED);
  const options = merge(given, environment.options);
  const isSuppressed = readBoolean(options.suppressSend, { where: 'suppressSend', report }) ?? false;
  const scope: Scope = {
    report,
    resources: { ...resources, extensions: readList(options.use, { where: 'use', report }) ?? [] },
    surroundings: environment.surroundings,
    capture: captureTransport(options.transport, environment.surroundings, isSuppressed, resources),
    isSuppressed,
    givenTransport: given.transport,
  };
  const first = resolveDefault(options, scope);
  const named = Object.entries(options.mailers ?? {}).map(([name, own]) =>
    resolveNamed(name, own, first, scope),
  );
  const templates = resolveTemplates(options.templates ?? {}, environment.surroundings, report);
  const renderer = readRenderer(options, { where: 'renderer', report });
  const queue = resolveQueue(options.queue ?? {}, environment.surroundings, report);
  const shutdownTimeout = readTime(options.shutdownTimeout, { where: 'shutdownTimeout', report });
  const interceptors = readList(options.interceptors, { where: 'interceptors', report }) ?? [];
  report.throwIfAny('The mail configuration is not usable:');
  return {
    mailers: [first, ...named],
    templates,
    renderer,
    queue,
    interceptors,
    shutdownTimeout: shutdownTimeout ?? DEFAULT_SHUTDOWN_TIMEOUT_MS,
    capture: scope.capture,
    warnings: report.hints,
  };
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

/** What the reading of every mailer shares. */
interface Scope {
  readonly report: ConfigReport;
  readonly resources: TransportResources;
  readonly surroundings: Surroundings;
  readonly capture: Capture | undefined;
  readonly isSuppressed: boolean;
  /** The default transport as the options alone give it, to tell it from the environment's. */
  readonly givenTransport: TransportOption | undefined;
}

function resolveDefault(options: MailModuleOptions, scope: Scope): ResolvedMailer {
  const fields = readMailer(options, '', scope);
  const transport = scope.capture?.transport ?? sendingTransport(options.transport, scope);
  return { ...DEFAULTS, ...fields, ...verifyOf(fields, transport), name: DEFAULT_MAILER, transport };
}

function sendingTransport(
  option: TransportOption | undefined,
  { report, resources, surroundings, givenTransport }: Scope,
): ResolvedMailer['transport'] {
  if (!checkEndpoint(option, surroundings, report)) return undefined;
  return resolveTransport(option, { where: 'transport', report }, resources, transportPlace(givenTransport));
}

/** A named mailer inherits field by field; `transport: undefined` means the default mailer's, an overridden one too. */
function resolveNamed(name: string, own: MailerOptions, first: ResolvedMailer, scope: Scope): ResolvedMailer {
  const where = `mailers.${name}.`;
  const { report, resources, isSuppressed } = scope;
  checkKeys(own, MAILER_KEYS, { where, report }, MOVED);
  if (name === DEFAULT_MAILER) {
    report.add({
      where,
      expected: 'another name',
      found: show(name),
      mend: 'Its fields are those at the top level',
    });
  }
  const fields = readMailer(own, where, scope);
  const inherits = own.transport === undefined || isSuppressed;
  const transport =
    own.transport === undefined || inherits
      ? undefined
      : resolveTransport(own.transport, { where: `${where}transport`, report }, resources);
  return { ...first, ...fields, ...(transport && verifyOf(fields, transport)), name, transport };
}

/** Nothing to prove where mail is kept here. */
function verifyOf(
  { verify }: Defined<ResolvedMailer>,
  transport: ResolvedMailer['transport'],
): Pick<ResolvedMailer, 'verify'> {
  const isKept = [MemoryTransport, FileTransport, LogTransport].some((kind) => transport instanceof kind);
  return { verify: verify ?? (isKept ? 'off' : DEFAULTS.verify) };
}

/** The fields an option object gives, checked; what is wrong is reported and left out. */
function readMailer(
  options: MailerOptions,
  prefix: string,
  { report, surroundings: { workingDir } }: Scope,
): Defined<Omit<ResolvedMailer, 'name' | 'transport'>> {
  const at = (field: string): Place => ({ where: `${prefix}${field}`, report });
  checkKeys(options.attachments ?? {}, ['roots', 'asciiFilenames'], at('attachments.'));
  const roots = readStrings(options.attachments?.roots, at('attachments.roots'));
  return defined({
    from: readParsed(options.from, parseMailbox, 'an address such as "Shop <hello@example.com>"', at('from')),
    replyTo: readParsed(options.replyTo, parseMailboxes, 'an address or several', at('replyTo')),
    guard: readGuard(options.guard, at('guard')),
    attachmentRoots: roots?.map((root) => resolve(workingDir, root)),
    asciiFilenames: readBoolean(options.attachments?.asciiFilenames, at('attachments.asciiFilenames')),
    verify: readChoice(options.verify, ['boot', 'warn', 'off'], at('verify')),
    maxRecipients: readInteger(options.maxRecipients, at('maxRecipients')),
    maxMessageSize: readInteger(options.maxMessageSize, at('maxMessageSize')),
    timeout: readTime(options.timeout, at('timeout')),
  });
}

function readGuard(guard: GuardOptions | undefined, { where, report }: Place): RecipientGuard | undefined {
  if (guard === undefined) return undefined;
  checkKeys(guard, ['allow', 'redirectTo'], { where: `${where}.`, report });
  const allow = readStrings(guard.allow, { where: `${where}.allow`, report }) ?? [];
  const patterns = allow.map((pattern) => {
    const parsed = parsePattern(pattern);
    if (!parsed) {
      const expected = 'addresses or *@domain patterns';
      report.add({ where: `${where}.allow`, expected, found: show(pattern) });
    }
    return parsed;
  });
  const redirectTo = readParsed(guard.redirectTo, parseMailbox, 'an address', {
    where: `${where}.redirectTo`,
    report,
  });
  return { allow: patterns.filter((pattern) => pattern !== undefined), redirectTo };
}

function resolveTemplates(
  options: TemplateOptions,
  { nodeEnv, workingDir, entryDir }: Surroundings,
  report: ConfigReport,
): ResolvedTemplates {
  const at = (field: string): Place => ({ where: `templates.${field}`, report });
  checkKeys(options, TEMPLATE_KEYS, at(''));
  const dirs =
    readStrings(options.dirs, at('dirs')) ?? (options.dir === undefined ? undefined : [options.dir]);
  if (options.dir !== undefined && options.dirs !== undefined) {
    report.add({ where: 'templates', expected: 'dir or dirs', found: 'both' });
  }
  const usual = [...new Set([join(entryDir, 'templates'), join(workingDir, 'templates')])];
  return {
    folders: dirs
      ? dirs.map((dir) => ({ dir: resolve(workingDir, dir), required: true }))
      : usual.map((dir) => ({ dir, required: false })),
    sources: readSources(options.sources, at('sources')),
    helpers: options.helpers ?? {},
    theme: readTheme(options.theme, at('theme')),
    defaultLocale: readDefaultLocale(options.defaultLocale, at('defaultLocale')),
    translator: readTranslator(options.translator, at('translator')),
    inlineCss: readBoolean(options.inlineCss, at('inlineCss')) ?? true,
    watch: readBoolean(options.watch, at('watch')) ?? (nodeEnv === undefined || nodeEnv === 'development'),
  };
}
