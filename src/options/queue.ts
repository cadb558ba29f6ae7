import { resolve } from 'node:path';
import { RETRY_DELAYS } from '../deliver/limits/backoff.js';
import type { MailExtension } from './extension.js';
import { DOMAIN_LIMITS } from './limits.js';
import type { Surroundings } from './options.js';
import { type ConfigReport } from '../errors/config-report.js';
import { readsAsUrl, show } from '../errors/show.js';
import { urlOf } from '../message/values/url.js';
import { OUTBOX_TABLE } from '../queue/outbox/outbox.options.js';
import { encryptionKeyFrom } from '../queue/record/record-cipher.js';
import { STORE } from '../queue/store.options.js';
import { At, Kind, env, optional, or } from '../reader/option.js';
import { Group, type Settings } from '../reader/group.js';
import { FILE, FLAG, is, oneOf, whole } from '../reader/kinds.js';

/** Only the number of a database and parameters may follow the host. */
const REDIS_URL = is(
  'a redis:// or rediss:// URL, special characters of its password percent-encoded',
  (value): value is string =>
    typeof value === 'string' &&
    /^rediss?:\/\/[^/?#]*\/?\d*(?:\?\w+=[^#]*)?$/i.test(value) &&
    urlOf(value) !== undefined &&
    readsAsUrl(value),
  { secret: true },
);

const ENCRYPTION_KEY = new Kind(
  '32 bytes in base64 or hex',
  (value) => (typeof value === 'string' ? encryptionKeyFrom(value) : undefined),
  { secret: true, fix: () => 'openssl rand -base64 32 makes one' },
);

const DRIVER = oneOf(['spool', 'bullmq', 'off']);
const DELAYS = is('milliseconds, one or several', isDelays);

function isDelays(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => whole().parse(item) !== undefined);
}

export const QUEUE = new Group({
  driver: env(
    'MAIL_QUEUE',
    optional(
      DRIVER,
      '`spool`, `bullmq`, or `off`: `queue()` is refused',
      '`spool` in development; in memory in tests',
    ),
  ),
  path: env('MAIL_SPOOL_PATH', optional(FILE, 'file of the spool', '`.mail/spool.db`; none in production')),
  url: env('MAIL_REDIS_URL', optional(REDIS_URL, 'Redis of `bullmq`', 'that of `BullModule.forRoot()`')),
  deliver: or(FLAG, true, 'with `false` this process only queues, and others of the same queue deliver'),
  concurrency: or(whole(), 10, 'mails of one mailer under way at once; those beyond `poolSize` wait'),
  onAmbiguous: or(oneOf(['retry', 'hold']), 'retry', '`retry` or `hold`'),
  retryDelays: or(DELAYS, RETRY_DELAYS, 'milliseconds before each further attempt, ±20 %', 'as above'),
  domainLimits: or(
    DOMAIN_LIMITS,
    {},
    '`{ domain: { max: 10, per: 1000 } }`, of recipients; `*` is each other',
  ),
  ...STORE,
  encryptionKey: env(
    'MAIL_SPOOL_KEY',
    optional(ENCRYPTION_KEY, '32 bytes in base64 or hex: encrypts mails on disk'),
  ),
  outbox: optional(OUTBOX_TABLE, 'a table for [mails of your transactions](#in-your-own-transaction)'),
});

export interface NoQueue {
  readonly driver: 'off';
  readonly why: string;
  /** Turned off on purpose. Otherwise its place cannot be used, as a warning at boot says. */
  readonly isAsked: boolean;
}

export interface ResolvedQueue extends Omit<Settings<typeof QUEUE>, 'driver' | 'path'> {
  readonly driver: 'memory' | 'spool' | 'registered';
  /** Absolute; empty unless the driver is the spool. */
  readonly path: string;
  /** The extension that makes the queue. */
  readonly extension: MailExtension | undefined;
  /** Configured explicitly: opened at boot even if nothing is queued. */
  readonly isAsked: boolean;
}

/** Outside production; relative to the working directory. */
export const DEFAULT_SPOOL_PATH = '.mail/spool.db';

/** The choices of an application in production whose spool has no usable place. */
export const OTHER_QUEUES =
  'MAIL_QUEUE=bullmq (queue.driver) for a queue on Redis, or MAIL_QUEUE=off when only send() is used';

/** Whether a loss of mails stops the boot. Every NODE_ENV but three follows the rules of production. */
export function isProduction({ nodeEnv }: Surroundings): boolean {
  return nodeEnv !== undefined && nodeEnv !== 'development' && nodeEnv !== 'test';
}

/** Where the queue runs, and whether its mails go anywhere. */
export interface QueuePlace extends Surroundings {
  /** The default mailer keeps its mails here. */
  readonly isCaptured: boolean;
}

/** Applies the defaults that depend on the environment; faults go into the report. */
export function resolveQueue(
  { driver, path, url, ...settings }: Settings<typeof QUEUE>,
  extensions: readonly MailExtension[],
  surroundings: QueuePlace,
  report: ConfigReport,
): ResolvedQueue | NoQueue {
  const at = new At('queue', report);
  if (url !== undefined && driver !== 'bullmq' && driver !== 'off') {
    at.field('url').refuse('nothing', 'a URL', 'It is the Redis of MAIL_QUEUE=bullmq (queue.driver)');
  }
  if (driver === 'bullmq') {
    refuseOfSpool(path, settings, report);
    const extension = extensions.find(({ queueDriver }) => queueDriver === driver);
    if (!extension?.createQueue) refuseUnregistered(at.field('driver'));
    return { driver: 'registered', path: '', isAsked: true, extension, url, ...settings };
  }
  if (driver !== 'off') return place(driver === 'spool', path, surroundings, report, settings);
  const queue = off("the queue is turned off (queue: { driver: 'off' } or MAIL_QUEUE=off)");
  if (settings.outbox) at.field('outbox').refuse('a mail queue that its mails go on to', 'none', queue.why);
  return queue;
}

type QueueSettings = Omit<Settings<typeof QUEUE>, 'driver' | 'path' | 'url'>;

/** In production the spool has no default path: a container loses its disk with everything queued. */
function place(
  isAsked: boolean,
  path: string | undefined,
  surroundings: QueuePlace,
  report: ConfigReport,
  settings: QueueSettings,
): ResolvedQueue | NoQueue {
  const { nodeEnv, workingDir, isCaptured } = surroundings;
  const spool = (file: string, asked: boolean): ResolvedQueue => ({
    driver: 'spool',
    path: resolve(workingDir, file),
    isAsked: asked,
    extension: undefined,
    url: undefined,
    ...settings,
  });
  if (path !== undefined) return spool(path, true);
  // Captured mails are kept in memory too.
  if (isProduction(surroundings) ? isCaptured : !isAsked && nodeEnv === 'test') {
    if (!settings.deliver) refuseToKeep(report);
    return { ...spool('', false), driver: 'memory', path: '' };
  }
  if (!isProduction(surroundings)) return spool(DEFAULT_SPOOL_PATH, isAsked);
  refuseNoPlace(surroundings, report);
  return off('it has no place');
}

/** Settings that decide where mails wait. */
const PLACE_SETTINGS: ReadonlySet<string> = new Set([
  'queue.driver',
  'queue.path',
  'MAIL_QUEUE',
  'MAIL_SPOOL_PATH',
]);

/** Silent if one of these settings is wrong, which is reported already. */
function refuseNoPlace({ nodeEnv }: Surroundings, report: ConfigReport): void {
  if (report.problems.some(({ where }) => PLACE_SETTINGS.has(where))) return;
  report.add({
    where: 'MAIL_SPOOL_PATH',
    expected: 'a place for the mails that queue() is given',
    found: `nothing, and NODE_ENV is ${show(nodeEnv)}`,
    fix: `Set MAIL_SPOOL_PATH (queue.path) to a file on a disk that outlives the process, a volume of the container, or ${OTHER_QUEUES}`,
  });
}

/** Other processes cannot see a queue in memory. */
function refuseToKeep(report: ConfigReport): void {
  const fix = 'Give the spool a file (queue.path), so that another process can deliver';
  report.add({ where: 'queue.deliver', expected: 'true for a queue in memory', found: 'false', fix });
}

function off(why: string): NoQueue {
  return { driver: 'off', why, isAsked: true };
}

/** Refuses options that only the spool has: an option without effect is an error. */
function refuseOfSpool(
  path: string | undefined,
  { encryptionKey }: Pick<QueueSettings, 'encryptionKey'>,
  report: ConfigReport,
): void {
  const expected = "nothing beside the driver 'bullmq'";
  if (path !== undefined) {
    new At('queue.path', report).refuse(expected, show(path), 'Remove MAIL_SPOOL_PATH (queue.path)');
  }
  if (encryptionKey !== undefined) {
    report.add({
      where: 'queue.encryptionKey',
      expected,
      found: 'a value (not shown)',
      fix: 'Mails in Redis are not encrypted by this version: use rediss:// and an encrypted disk',
      unsupported: true,
    });
  }
}

function refuseUnregistered(at: At): void {
  at.refuse(
    'a registered driver',
    show('bullmq'),
    "Add use: [bullmq()] to MailModule.forRoot(), with import { bullmq } from 'nest-mailroom/bullmq'",
  );
}
