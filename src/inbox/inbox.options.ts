import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CanActivate, Type } from '@nestjs/common';
import type { Surroundings } from '../options/options.js';
import { ConfigReport, show } from '../errors/config-report.js';
import type { MailListener } from './capture/listener.js';
import { At, Kind, optional, or } from '../reader/option.js';
import { Group, section, type Settings } from '../reader/group.js';
import { FLAG, FOLDER, is, isClass, TEXTS, whole } from '../reader/kinds.js';
import { type InboxReleaseOptions, RELEASE } from './release/release.options.js';

export interface MailInboxOptions {
  /** Where the page is, below the application's global prefix. @default 'mail' */
  readonly path?: string | undefined;
  /** Asked before every request, after the application's global guards. Found in the application's container, or made. */
  readonly guard?: Type<CanActivate> | undefined;
  /**
   * Mounts the inbox whatever NODE_ENV is; needs a `guard`. Without it the boot fails where NODE_ENV is
   * not `development`, `test` or unset: everybody who reaches the page reads everybody's mail.
   * @default false
   */
  readonly allowInProduction?: boolean | undefined;
  /** Names it may be asked by, without port, beside `localhost`, `*.localhost`, `127.0.0.1` and `[::1]`. @default [] */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Folder of what was captured, relative to the working directory.
   * @default '.mail/inbox'; when NODE_ENV is `test` a temporary one, which goes with the application
   */
  readonly dir?: string | undefined;
  /** Mails kept; the oldest make room. @default 500 */
  readonly keep?: number | undefined;
  /** Takes mails of other programs: `smtpListener({ port: 1025 })` of `nest-mailroom/inbox/smtp`. */
  readonly smtp?: MailListener | undefined;
  /** Also copies what goes over a transport that really sends. @default true */
  readonly watch?: boolean | undefined;
  /** Who captured mails may be released and samples be sent to; nobody without it. */
  readonly release?: InboxReleaseOptions | undefined;
}

/** The options as the inbox is registered with them. */
export const INBOX_OPTIONS = Symbol.for('nest-mailroom:inbox:options');

const DEFAULT_PATH = 'mail';
const FREE_ENVIRONMENTS = new Set<unknown>([undefined, 'development', 'test']);

/** Without slashes around it. */
const MOUNT_PATH = new Kind("a path such as 'mail' or 'dev/mail'", (value) =>
  typeof value === 'string' && /^\/?[\w-]+(?:\/[\w-]+)*\/?$/.test(value)
    ? value.replaceAll(/^\/|\/$/g, '')
    : undefined,
);
const GUARD = is('a class of a guard', isGuard);
const LISTENER = is('smtpListener() of nest-mailroom/inbox/smtp', isListener);

function isGuard(value: unknown): value is Type<CanActivate> {
  return isClass(value);
}

function isListener(value: unknown): value is MailListener {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'open') === 'function';
}

const PRODUCTION = 'mount it where `NODE_ENV` is not `development`, `test` or unset; needs `guard`';
const HOSTS =
  'names it may be asked by, beside `localhost`, `*.localhost`, `127.0.0.1` and `[::1]`; over https, as only then browsers say which site asks';
const SMTP =
  'take mails of other programs: `smtpListener({ port: 1025 })` of `nest-mailroom/inbox/smtp`, with `npm i smtp-server postal-mime`';

export const INBOX = new Group({
  path: or(MOUNT_PATH, DEFAULT_PATH, 'where the page is'),
  guard: optional(GUARD, 'a Nest guard that is asked before every request'),
  allowInProduction: or(FLAG, false, PRODUCTION, 'the boot fails'),
  hosts: or(TEXTS, [], HOSTS),
  dir: optional(FOLDER, 'folder of the mails; a temporary one in tests', '`.mail/inbox`'),
  keep: or(whole({ max: 10_000 }), 500, 'mails kept, of 25 MiB at most'),
  smtp: optional(LISTENER, SMTP),
  watch: or(FLAG, true, 'also copy what a real transport sends'),
  release: section(RELEASE, ''),
});

export interface ResolvedInboxOptions extends Omit<Settings<typeof INBOX>, 'dir' | 'allowInProduction'> {
  /** Absolute. */
  readonly dir: string;
  /** Whether the folder is removed at the end. */
  readonly isTemporary: boolean;
  /** NODE_ENV; undefined when unset. */
  readonly environment: string | undefined;
}

/**
 * Looks at the path of options that are there before there is an environment to read.
 * @throws {MailError} `config` for one that is none
 */
export function checkInboxPath({ path = DEFAULT_PATH }: MailInboxOptions): void {
  const report = new ConfigReport();
  MOUNT_PATH.read(path, new At('path', report));
  report.throwIfAny('MailInboxModule.forRoot():');
}

/** @throws {MailError} `config`, with all that is wrong */
export function resolveInboxOptions(
  options: MailInboxOptions,
  { nodeEnv, workingDir }: Surroundings,
): ResolvedInboxOptions {
  const report = new ConfigReport();
  const { dir, allowInProduction, ...settings } = INBOX.settings(options, new At('', report));
  refuseProduction(allowInProduction, settings.guard, nodeEnv, report);
  report.throwIfAny('MailInboxModule:');
  const isTemporary = dir === undefined && nodeEnv === 'test';
  return {
    ...settings,
    dir: isTemporary
      ? join(tmpdir(), `mail-inbox-${randomUUID()}`)
      : resolve(workingDir, dir ?? '.mail/inbox'),
    isTemporary,
    environment: nodeEnv,
  };
}

function refuseProduction(
  isAllowed: boolean,
  guard: Type<CanActivate> | undefined,
  nodeEnv: string | undefined,
  report: ConfigReport,
): void {
  if (FREE_ENVIRONMENTS.has(nodeEnv) || (isAllowed && guard)) return;
  report.add({
    where: isAllowed ? 'guard' : 'allowInProduction',
    expected: `no inbox where NODE_ENV is ${show(nodeEnv)}, or allowInProduction: true together with a guard`,
    found: isAllowed ? 'no guard' : 'an inbox',
    fix: "Import it only where NODE_ENV is unset, 'development' or 'test': docs/inbox.md has the line for it",
  });
}
