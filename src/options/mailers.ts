import { resolve } from 'node:path';
import { MAILER_RATE } from './limits.js';
import { type Capture, checkEndpoint, resolveTransport, transportPlace } from './transport.js';
import type {
  MailerOptions,
  MailModuleOptions,
  ResolvedMailer,
  Surroundings,
  TransportOption,
} from './options.js';
import { GUARD } from '../deliver/approve/guard.options.js';
import { type ConfigReport, show } from '../errors/config-report.js';
import { DEFAULT_MAILER } from '../mail.tokens.js';
import { MAILBOX, MAILBOXES } from '../message/address/mailbox.kind.js';
import { At, apart, env, optional, or } from '../reader/option.js';
import { Group, isGroup, section, type Settings } from '../reader/group.js';
import { FLAG, FOLDERS, oneOf, TIMER, whole } from '../reader/kinds.js';
import { FileTransport } from '../transport/file/file.transport.js';
import { LogTransport } from '../transport/log/log.transport.js';
import { MemoryTransport } from '../transport/memory/memory.transport.js';
import type { TransportResources } from '../transport/resources.js';
import { SMTP } from '../transport/smtp/resolve-smtp-options.js';

export const ATTACHMENTS = new Group({
  roots: or(FOLDERS, [], 'folders that `{ path }` attachments may come from', 'none: `{ path }` is refused'),
  asciiFilenames: env('MAIL_ASCII_ATTACHMENTS', or(FLAG, false, 'attachment names in ASCII only')),
});

const VERIFY = oneOf(['boot', 'warn', 'off']);
const TRANSPORT =
  'a URL, `SmtpOptions`, an instance, or a class that Nest resolves: [transports](docs/transports.md)';

const RATE = "`{ max: 14, per: 1000 }`: mails in so many ms; or [`'account'`](docs/providers.md#amazon-ses)";

/** The rows that a mailer has, and the module for its default mailer. */
export const MAILER_ROWS = {
  from: env('MAIL_FROM', optional(MAILBOX, 'sender of mails that name none')),
  replyTo: env('MAIL_REPLY_TO', or(MAILBOXES, [], 'reply address of mails that name none')),
  transport: apart(TRANSPORT, 'see `NODE_ENV` above', SMTP),
  guard: optional(GUARD, ''),
  attachments: section(ATTACHMENTS, ''),
  verify: env(
    'MAIL_VERIFY',
    optional(VERIFY, 'prove the server: `boot`, `warn` or `off`', '`warn`; `off` when captured'),
  ),
  maxRecipients: or(whole(), 50, 'To, Cc and Bcc together'),
  maxMessageSize: or(whole(), 25 * 2 ** 20, 'bytes of bodies and attachments', '25 MiB'),
  timeout: env(
    'MAIL_TIMEOUT',
    or(TIMER, 30_000, 'milliseconds of one call; a variable may say `30s` or `2m`'),
  ),
  rateLimit: optional(MAILER_RATE, RATE),
};

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

const MAILER = new Group(MAILER_ROWS, { moved: MOVED });

type MailerSettings = Settings<typeof MAILER>;

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

/** The default mailer, and the named ones, which inherit field by field what they leave undefined. */
export function resolveMailers(
  options: MailModuleOptions,
  settings: MailerSettings,
  scope: Scope,
): readonly [ResolvedMailer, ...ResolvedMailer[]] {
  const transport = scope.capture?.transport ?? sendingTransport(options.transport, scope);
  const base = { ...settings, verify: settings.verify ?? usualVerify(transport) };
  const named = Object.entries(mailersOf(options, scope.report));
  return [
    mailerOf(DEFAULT_MAILER, transport, base, scope),
    ...named.flatMap(([name, own]) => resolveNamed(name, own, base, scope)),
  ];
}

function mailersOf(
  { mailers = {} }: MailModuleOptions,
  report: ConfigReport,
): Readonly<Record<string, MailerOptions>> {
  if (isGroup(mailers)) return mailers;
  report.add({ where: 'mailers', expected: 'an object of options by name', found: show(mailers) });
  return {};
}

function sendingTransport(
  option: TransportOption | undefined,
  { report, resources, surroundings, givenTransport }: Scope,
): ResolvedMailer['transport'] {
  if (!checkEndpoint(option, surroundings, report)) return undefined;
  return resolveTransport(option, new At('transport', report), resources, transportPlace(givenTransport));
}

/** `transport: undefined` means the default mailer's, an overridden one too. */
function resolveNamed(
  name: string,
  own: MailerOptions,
  base: MailerSettings,
  scope: Scope,
): readonly ResolvedMailer[] {
  const at = new At('mailers', scope.report).field(name);
  const settings = MAILER.read(own, at, { ...base, verify: undefined });
  if (!settings) return [];
  if (name === DEFAULT_MAILER) at.refuse('another name', show(name), 'Its fields are those at the top level');
  const transport =
    own.transport === undefined || scope.isSuppressed
      ? undefined
      : resolveTransport(own.transport, at.field('transport'), scope.resources);
  const verify = settings.verify ?? (transport ? usualVerify(transport) : base.verify);
  return [mailerOf(name, transport, { ...settings, verify }, scope)];
}

/** Nothing to prove where mail is kept here. */
function usualVerify(transport: ResolvedMailer['transport']): ResolvedMailer['verify'] {
  return isKept(transport) ? 'off' : 'warn';
}

/** Whether a transport keeps mails in this process or on its disk. */
export function isKept(transport: ResolvedMailer['transport']): boolean {
  return [MemoryTransport, FileTransport, LogTransport].some((kind) => transport instanceof kind);
}

function mailerOf(
  name: string,
  transport: ResolvedMailer['transport'],
  settings: MailerSettings,
  { surroundings: { workingDir } }: Scope,
): ResolvedMailer {
  const { from, replyTo, guard, attachments, verify = 'warn' } = settings;
  const { maxRecipients, maxMessageSize, timeout, rateLimit } = settings;
  return {
    name,
    from,
    replyTo,
    transport,
    guard,
    attachmentRoots: attachments.roots.map((root) => resolve(workingDir, root)),
    asciiFilenames: attachments.asciiFilenames,
    verify,
    maxRecipients,
    maxMessageSize,
    timeout,
    rateLimit,
  };
}
