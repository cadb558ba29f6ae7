import { resolve } from 'node:path';
import type { GuardOptions, RecipientGuard } from '../deliver/approve/guard.js';
import { parsePattern } from '../deliver/approve/recipient-pattern.js';
import {
  checkKeys,
  type Place,
  readBoolean,
  readChoice,
  readFolders,
  readInteger,
  readParsed,
  readStrings,
  readTime,
} from './checks.js';
import { readMailerRate } from './limits.js';
import {
  type Capture,
  checkEndpoint,
  type Defined,
  defined,
  resolveTransport,
  transportPlace,
} from './transport.js';
import type {
  MailerOptions,
  MailModuleOptions,
  ResolvedMailer,
  Surroundings,
  TransportOption,
} from './options.js';
import { type ConfigReport, show } from '../errors/config-report.js';
import { DEFAULT_MAILER } from '../mail.tokens.js';
import { parseMailbox, parseMailboxes } from '../message/address/mailbox.js';
import { FileTransport } from '../transport/file/file.transport.js';
import { LogTransport } from '../transport/log/log.transport.js';
import { MemoryTransport } from '../transport/memory/memory.transport.js';
import type { TransportResources } from '../transport/resources.js';

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
  rateLimit: undefined,
} as const satisfies Omit<ResolvedMailer, 'name'>;

export const MAILER_KEYS = [
  'from',
  'replyTo',
  'transport',
  'guard',
  'attachments',
  'verify',
  'maxRecipients',
  'maxMessageSize',
  'timeout',
  'rateLimit',
] as const satisfies ReadonlyArray<keyof MailerOptions>;

/** Where the settings of other mail modules went. */
export const MOVED: Readonly<Record<string, string>> = {
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

/** What the reading of every mailer shares. */
export interface Scope {
  readonly report: ConfigReport;
  readonly resources: TransportResources;
  readonly surroundings: Surroundings;
  readonly capture: Capture | undefined;
  readonly isSuppressed: boolean;
  /** The default transport as the options alone give it, to tell it from the environment's. */
  readonly givenTransport: TransportOption | undefined;
}

export function resolveDefault(options: MailModuleOptions, scope: Scope): ResolvedMailer {
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
export function resolveNamed(
  name: string,
  own: MailerOptions,
  first: ResolvedMailer,
  scope: Scope,
): ResolvedMailer {
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
  return { verify: verify ?? (isKept(transport) ? 'off' : DEFAULTS.verify) };
}

/** Whether a transport keeps mails in this process or on its disk. */
export function isKept(transport: ResolvedMailer['transport']): boolean {
  return [MemoryTransport, FileTransport, LogTransport].some((kind) => transport instanceof kind);
}

/** The fields an option object gives, checked; what is wrong is reported and left out. */
function readMailer(
  options: MailerOptions,
  prefix: string,
  { report, surroundings: { workingDir } }: Scope,
): Defined<Omit<ResolvedMailer, 'name' | 'transport'>> {
  const at = (field: string): Place => ({ where: `${prefix}${field}`, report });
  checkKeys(options.attachments ?? {}, ['roots', 'asciiFilenames'], at('attachments.'));
  const roots = readFolders(options.attachments?.roots, at('attachments.roots'));
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
    rateLimit: readMailerRate(options.rateLimit, at('rateLimit')),
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
