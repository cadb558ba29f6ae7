import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { CanActivate, Type } from '@nestjs/common';
import { checkKeys, type Place, readBoolean, readInteger, readPath, readStrings } from '../options/checks.js';
import type { Surroundings } from '../options/options.js';
import { pathFault } from '../errors/path-fault.js';
import { ConfigReport, show } from '../errors/config-report.js';
import type { MailListener } from './capture/listener.js';
import { type InboxReleaseOptions, resolveRelease, type ResolvedRelease } from './release/release.options.js';

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

export interface ResolvedInboxOptions {
  /** Without slashes around it. */
  readonly path: string;
  readonly guard: Type<CanActivate> | undefined;
  readonly hosts: readonly string[];
  /** Absolute. */
  readonly dir: string;
  /** Whether the folder is removed at the end. */
  readonly isTemporary: boolean;
  readonly keep: number;
  readonly smtp: MailListener | undefined;
  readonly watch: boolean;
  readonly release: ResolvedRelease;
  /** NODE_ENV; undefined when unset. */
  readonly environment: string | undefined;
}

/** The options as the inbox is registered with them. */
export const INBOX_OPTIONS = Symbol.for('nest-mailroom:inbox:options');

/** All there are. */
export const INBOX_OPTION_NAMES = [
  'path',
  'guard',
  'allowInProduction',
  'hosts',
  'dir',
  'keep',
  'smtp',
  'watch',
  'release',
] as const satisfies ReadonlyArray<keyof MailInboxOptions>;
const DEFAULT_PATH = 'mail';
const SEGMENTS = /^\/?[\w-]+(?:\/[\w-]+)*\/?$/;
const MOST_KEPT = 10_000;
const FREE_ENVIRONMENTS = new Set<unknown>([undefined, 'development', 'test']);

/**
 * Looks at the path of options that are there before there is an environment to read.
 * @throws {MailError} `config` for one that is none
 */
export function checkInboxPath({ path = DEFAULT_PATH }: MailInboxOptions): void {
  const report = new ConfigReport();
  readMountPath(path, { where: 'path', report });
  report.throwIfAny('MailInboxModule.forRoot():');
}

function readMountPath(path: unknown, { where, report }: Place): string {
  if (typeof path === 'string' && SEGMENTS.test(path)) return path.replaceAll(/^\/|\/$/g, '');
  report.add({ where, expected: "a path such as 'mail' or 'dev/mail'", found: show(path) });
  return '';
}

/** @throws {MailError} `config`, with all that is wrong */
export function resolveInboxOptions(
  options: MailInboxOptions,
  { nodeEnv, workingDir }: Surroundings,
): ResolvedInboxOptions {
  const report = new ConfigReport();
  const at = (where: string): Place => ({ where, report });
  checkKeys(options, INBOX_OPTION_NAMES, at(''));
  refuseProduction(options, nodeEnv, report);
  const dir = readPath(options.dir, 'a folder', pathFault, at('dir'));
  const isTemporary = dir === undefined && nodeEnv === 'test';
  const resolved = {
    path: readMountPath(options.path ?? DEFAULT_PATH, at('path')),
    guard: options.guard,
    hosts: readStrings(options.hosts, at('hosts')) ?? [],
    dir: isTemporary
      ? join(tmpdir(), `mail-inbox-${randomUUID()}`)
      : resolve(workingDir, dir ?? '.mail/inbox'),
    isTemporary,
    keep: readInteger(options.keep, at('keep'), MOST_KEPT) ?? 500,
    smtp: options.smtp,
    watch: readBoolean(options.watch, at('watch')) ?? true,
    release: resolveRelease(options.release, at('release')),
    environment: nodeEnv,
  };
  report.throwIfAny('MailInboxModule:');
  return resolved;
}

function refuseProduction(
  { allowInProduction, guard }: MailInboxOptions,
  nodeEnv: string | undefined,
  report: ConfigReport,
): void {
  if (FREE_ENVIRONMENTS.has(nodeEnv)) return;
  readBoolean(allowInProduction, { where: 'allowInProduction', report });
  if (allowInProduction === true && guard) return;
  report.add({
    where: allowInProduction === true ? 'guard' : 'allowInProduction',
    expected: `no inbox where NODE_ENV is ${show(nodeEnv)}, or allowInProduction: true together with a guard`,
    found: allowInProduction === true ? 'no guard' : 'an inbox',
    mend: "Import it only where NODE_ENV is unset, 'development' or 'test': docs/inbox.md has the line for it",
  });
}
