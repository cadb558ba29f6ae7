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
import { ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { OptionsKeys } from './options-key.js';
import { DEFAULT_MAILER } from '../mail.tokens.js';
import { MailError } from '../errors/mail-error.js';
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
  const at = new At('mailers', scope.report);
  return [
    mailerOf(DEFAULT_MAILER, transport, base, scope),
    ...named.flatMap(([name, own]) => resolveNamed(name, own, at.field(name), base, scope) ?? []),
  ];
}

/** Reads options of mailers that are found while the application runs. */
export interface MailerReading {
  /** @throws {MailError} `config` with every problem of the options, one line each */
  readonly read: (name: string, options: MailerOptions) => ResolvedMailer;
  /** Returns the same text for equal options. It holds their secrets: never show it. */
  readonly keyOf: (options: MailerOptions) => string;
}

/** Reads them as `resolveMailers` reads the named ones. The key of MAIL_API_KEY is none of theirs. */
export function mailerReading(settings: MailerSettings, scope: Scope): MailerReading {
  const keys = new OptionsKeys(MAILER.names);
  return {
    keyOf: (options) => keys.keyOf(options),
    read: (name, options) => {
      const report = new ConfigReport();
      const own = { ...scope, report, resources: { ...scope.resources, spareKey: undefined } };
      const at = new At(`resolve('${name}')`, report);
      const mailer = resolveNamed(name, options, at, settings, own);
      if (typeof mailer?.transport === 'function') refuseClass(at.field('transport'));
      report.throwIfAny(`The options that were resolved for the mailer '${name}' are not usable:`);
      if (mailer) return mailer;
      throw new MailError(
        'config',
        `The options that were resolved for the mailer '${name}' are not usable.`,
      );
    },
  };
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

/** Nobody would know when to close its instances. */
function refuseClass(at: At): void {
  const fix =
    'Its one instance would serve every mailer: give the class as transport of the module, and leave this out';
  at.refuse('a URL, options or an instance', 'a class', fix);
}

/** `transport: undefined` means the default mailer's, even an overridden one. */
function resolveNamed(
  name: string,
  own: MailerOptions,
  at: At,
  base: MailerSettings,
  scope: Scope,
): ResolvedMailer | undefined {
  const settings = MAILER.read(own, at, { ...base, verify: undefined });
  if (!settings) return undefined;
  if (name === DEFAULT_MAILER) at.refuse('another name', show(name), 'Its fields are those at the top level');
  const transport =
    own.transport === undefined || scope.isSuppressed
      ? undefined
      : resolveTransport(own.transport, at.field('transport'), scope.resources);
  const verify = settings.verify ?? (transport ? usualVerify(transport) : base.verify);
  return mailerOf(name, transport, { ...settings, verify }, scope);
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
