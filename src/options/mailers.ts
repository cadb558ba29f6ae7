import { resolve } from 'node:path';
import { MAILER_ROWS, MOVED } from './mailer-rows.js';
import { type Capture, checkEndpoint, resolveTransport, transportPlace } from './transport.js';
import type {
  MailerOptions,
  MailModuleOptions,
  ResolvedMailer,
  Surroundings,
  TransportOption,
} from './options.js';
import { type ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { DEFAULT_MAILER } from '../mail.tokens.js';
import { Group, isGroup, type Settings } from '../reader/group.js';
import { At } from '../reader/option.js';
import type { TransportResources } from '../transport/resources.js';

const MAILER = new Group(MAILER_ROWS, { moved: MOVED });

type MailerSettings = Settings<typeof MAILER>;

/** Values that the reading of every mailer shares. */
export interface Scope {
  readonly report: ConfigReport;
  readonly resources: TransportResources;
  readonly surroundings: Surroundings;
  readonly capture: Capture | undefined;
  readonly isSuppressed: boolean;
  /** The default transport of the options alone, to tell it from the environment's. */
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

/** `transport: undefined` means the default mailer's, even an overridden one. */
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

/** A transport that captures has nothing to verify. A class cannot say: the container makes its instance later. */
function usualVerify(transport: ResolvedMailer['transport']): ResolvedMailer['verify'] {
  return typeof transport === 'object' && transport.captures ? 'off' : 'warn';
}

function mailerOf(
  name: string,
  transport: ResolvedMailer['transport'],
  settings: MailerSettings,
  { surroundings: { workingDir } }: Scope,
): ResolvedMailer {
  const { attachments, verify = 'warn', ...others } = settings;
  return {
    ...others,
    name,
    transport,
    verify,
    attachmentRoots: attachments.roots.map((root) => resolve(workingDir, root)),
    asciiFilenames: attachments.asciiFilenames,
  };
}
