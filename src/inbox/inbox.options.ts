import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CanActivate, Type } from '@nestjs/common';
import type { Surroundings } from '../options/options.js';
import { ConfigReport } from '../errors/config-report.js';
import { show } from '../errors/show.js';
import { isObject } from '../message/values/fields.js';
import type { MailListener } from './capture/listener.js';
import { At, Kind, optional, or } from '../reader/option.js';
import { Group, section, type Settings } from '../reader/group.js';
import { FLAG, FOLDER, is, isClass, TEXTS, whole } from '../reader/kinds.js';
import { type InboxReleaseOptions, RELEASE } from './release/release.options.js';

export interface MailInboxOptions {
  /** URL path of the page, below the application's global prefix. @default 'mail' @example 'dev/mail' */
  readonly path?: string | undefined;
  /** Guards every request, after the global guards. Resolved from the application's container, else instantiated. */
  readonly guard?: Type<CanActivate> | undefined;
  /**
   * Mounts the inbox for any NODE_ENV; requires a `guard`. By default the boot fails unless NODE_ENV is
   * `development`, `test` or unset, because everybody who can open the page can read everybody's mail.
   * @default false
   */
  readonly allowInProduction?: boolean | undefined;
  /**
   * Host names, without port, that it answers to in addition to `localhost`, `*.localhost`, `127.0.0.1` and
   * `[::1]`.
   * @default []
   * @example ['shop.local']
   */
  readonly hosts?: readonly string[] | undefined;
  /**
   * Folder of the captured mails, relative to the working directory.
   * @default '.mail/inbox'; a temporary folder, removed at shutdown, if NODE_ENV is `test`
   */
  readonly dir?: string | undefined;
  /** Number of mails kept; the oldest are removed first. @default 500 */
  readonly keep?: number | undefined;
  /** Accepts mails of other programs: `smtpListener({ port: 1025 })` from `nest-mailroom/inbox/smtp`. */
  readonly smtp?: MailListener | undefined;
  /** Whether to copy mails that a real transport sends as well. @default true */
  readonly watch?: boolean | undefined;
  /** Addresses that captured mails and samples may be sent to; by default nobody. */
  readonly release?: InboxReleaseOptions | undefined;
}

/** Injection token of the resolved options. */
export const INBOX_OPTIONS = Symbol.for('nest-mailroom:inbox:options');

const DEFAULT_PATH = 'mail';
const FREE_ENVIRONMENTS = new Set<unknown>([undefined, 'development', 'test']);

/** Reads a path and strips slashes around it. */
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
  return isObject(value) && typeof Reflect.get(value, 'open') === 'function';
}

const PRODUCTION = 'mount it even if `NODE_ENV` is not `development`, `test` or unset; requires `guard`';
const HOSTS =
  'host names it answers to in addition to `localhost`, `*.localhost`, `127.0.0.1` and `[::1]`; use https, because browsers send `Sec-Fetch-Site` to other hosts only over https';
const SMTP =
  'accept mails of other programs: `smtpListener({ port: 1025 })` from `nest-mailroom/inbox/smtp`; requires `npm i smtp-server postal-mime`';

export const INBOX = new Group({
  path: or(MOUNT_PATH, DEFAULT_PATH, 'URL path of the page'),
  guard: optional(GUARD, 'a Nest guard for every request of the inbox'),
  allowInProduction: or(FLAG, false, PRODUCTION, 'the boot fails'),
  hosts: or(TEXTS, [], HOSTS),
  dir: optional(FOLDER, 'folder of the captured mails; a temporary one in tests', '`.mail/inbox`'),
  keep: or(whole({ max: 10_000 }), 500, 'number of mails kept; mails over 25 MiB are not'),
  smtp: optional(LISTENER, SMTP),
  watch: or(FLAG, true, 'copy mails that a real transport sends as well'),
  release: section(RELEASE, ''),
});

export interface ResolvedInboxOptions extends Omit<Settings<typeof INBOX>, 'dir' | 'allowInProduction'> {
  /** Absolute path. */
  readonly dir: string;
  /** Whether the folder is removed at shutdown. */
  readonly isTemporary: boolean;
  /** NODE_ENV, if set. */
  readonly environment: string | undefined;
}

/**
 * Checks the path early, so that `forRoot` itself throws; the other options need the environment.
 * @throws {MailError} `config` for an invalid path
 */
export function checkInboxPath({ path = DEFAULT_PATH }: MailInboxOptions): void {
  const report = new ConfigReport();
  MOUNT_PATH.read(path, new At('path', report));
  report.throwIfAny('MailInboxModule.forRoot():');
}

/** @throws {MailError} `config` that lists everything that is wrong */
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
