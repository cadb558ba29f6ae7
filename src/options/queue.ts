import { resolve } from 'node:path';
import { RETRY_DELAYS } from '../deliver/limits/backoff.js';
import {
  checkKeys,
  isRedisUrl,
  type Place,
  readBoolean,
  readChoice,
  readInteger,
  readPath,
  REDIS_URL,
} from './checks.js';
import type { MailExtension } from './extension.js';
import { readDomainLimits } from './limits.js';
import { readOutbox } from './outbox.js';
import { isProduction, OTHER_QUEUES } from './places.js';
import type { NoQueue, QueueModuleOptions, ResolvedQueue, Surroundings } from './options.js';
import { fileFault } from '../errors/path-fault.js';
import { type ConfigReport, show } from '../errors/config-report.js';
import { encryptionKeyFrom } from '../queue/record/encryption-key.js';

const KEYS = [
  'driver',
  'path',
  'url',
  'deliver',
  'concurrency',
  'onAmbiguous',
  'retryDelays',
  'domainLimits',
  'maxBacklog',
  'retention',
  'failedRetention',
  'encryptionKey',
  'outbox',
] as const satisfies ReadonlyArray<keyof QueueModuleOptions>;

/** Outside production; relative to the working directory. */
export const DEFAULT_SPOOL_PATH = '.mail/spool.db';
const DAY_MS = 24 * 3_600_000;

/** Where it runs, and whether its mails go anywhere. */
export interface QueuePlace extends Surroundings {
  /** The default mailer keeps its mails here. */
  readonly isCaptured: boolean;
}

/** Options over defaults; what is wrong goes into the report. */
export function resolveQueue(
  options: QueueModuleOptions,
  extensions: readonly MailExtension[],
  surroundings: QueuePlace,
  report: ConfigReport,
): ResolvedQueue | NoQueue {
  const at = (field: string): Place => ({ where: `queue.${field}`, report });
  checkKeys(options, KEYS, at(''));
  const driver = readChoice(options.driver, ['spool', 'bullmq', 'off'], at('driver'));
  const settings = {
    deliver: readBoolean(options.deliver, at('deliver')) ?? true,
    concurrency: readInteger(options.concurrency, at('concurrency')) ?? 10,
    onAmbiguous: readChoice(options.onAmbiguous, ['retry', 'hold'], at('onAmbiguous')) ?? 'retry',
    retryDelays: readDelays(options.retryDelays, at('retryDelays')) ?? RETRY_DELAYS,
    domainLimits: readDomainLimits(options.domainLimits, at('domainLimits')),
    maxBacklog: readInteger(options.maxBacklog, at('maxBacklog')) ?? 1_000_000,
    retention: readInteger(options.retention, at('retention')) ?? 7 * DAY_MS,
    failedRetention: readInteger(options.failedRetention, at('failedRetention')) ?? 30 * DAY_MS,
    encryptionKey: readKey(options.encryptionKey, at('encryptionKey')),
    outbox: readOutbox(options.outbox, at('outbox')),
  };
  const path = readPath(options.path, 'a file', fileFault, at('path'));
  const url = readUrl(options.url, driver, at('url'));
  if (driver === 'bullmq') {
    refuseOfSpool(options, report);
    const extension = extensions.find(({ queueDriver }) => queueDriver === driver);
    if (!extension?.createQueue) refuseUnregistered(at('driver'));
    return { driver: 'registered', path: '', isAsked: true, extension, url, ...settings };
  }
  const queue =
    driver === 'off'
      ? off("the queue is turned off (queue: { driver: 'off' } or MAIL_QUEUE=off)")
      : place(driver === 'spool', path, surroundings, report, settings);
  if (driver === 'off' && queue.driver === 'off' && settings.outbox) refuseOutbox(queue, at('outbox'));
  return queue;
}

type Settings = Omit<ResolvedQueue, 'driver' | 'path' | 'isAsked' | 'extension' | 'url'>;

/** In production no place is taken for granted: a container loses its disk with everything queued. */
function place(
  isAsked: boolean,
  path: string | undefined,
  surroundings: QueuePlace,
  report: ConfigReport,
  settings: Settings,
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
  // Captured mails are in memory themselves.
  if (isProduction(surroundings) ? isCaptured : !isAsked && nodeEnv === 'test') {
    if (!settings.deliver) refuseToKeep(report);
    return { ...spool('', false), driver: 'memory', path: '' };
  }
  if (!isProduction(surroundings)) return spool(DEFAULT_SPOOL_PATH, isAsked);
  refuseNoPlace(surroundings, report);
  return off('it has no place');
}

/** What says where mails wait. */
const PLACE_SETTINGS: ReadonlySet<string> = new Set([
  'queue.driver',
  'queue.path',
  'MAIL_QUEUE',
  'MAIL_SPOOL_PATH',
]);

/** Says nothing where a setting of the place is wrong and reported already. */
function refuseNoPlace({ nodeEnv }: Surroundings, report: ConfigReport): void {
  if (report.problems.some(({ where }) => PLACE_SETTINGS.has(where))) return;
  report.add({
    where: 'MAIL_SPOOL_PATH',
    expected: 'a place for the mails that queue() is given',
    found: `nothing, and NODE_ENV is ${show(nodeEnv)}`,
    mend: `Set MAIL_SPOOL_PATH (queue.path) to a file on a disk that outlives the process, a volume of the container, or ${OTHER_QUEUES}`,
  });
}

/** Nobody else ever sees what is queued in this process's memory. */
function refuseToKeep(report: ConfigReport): void {
  const mend = 'Give the spool a file (queue.path), so that another process can deliver';
  report.add({ where: 'queue.deliver', expected: 'true for a queue in memory', found: 'false', mend });
}

function off(why: string): NoQueue {
  return { driver: 'off', why, isAsked: true };
}

function readDelays(value: unknown, { where, report }: Place): readonly number[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.length > 0 && value.every(isDelay)) return value;
  report.add({ where, expected: 'milliseconds, one or several', found: show(value) });
  return undefined;
}

function isDelay(item: unknown): item is number {
  return Number.isSafeInteger(item) && Number(item) > 0;
}

function readKey(value: unknown, { where, report }: Place): Buffer | undefined {
  if (value === undefined) return undefined;
  const key = typeof value === 'string' ? encryptionKeyFrom(value) : undefined;
  if (key) return key;
  const mend = 'openssl rand -base64 32 makes one';
  report.add({ where, expected: '32 bytes in base64 or hex', found: 'something else (not shown)', mend });
  return undefined;
}

function refuseOutbox({ why }: NoQueue, { where, report }: Place): void {
  report.add({ where, expected: 'a mail queue that its mails go on to', found: 'none', mend: why });
}

function readUrl(value: unknown, driver: string | undefined, { where, report }: Place): string | undefined {
  if (value === undefined) return undefined;
  const found = 'something else (not shown)';
  if (driver !== 'bullmq' && driver !== 'off') {
    const mend = 'It is the Redis of MAIL_QUEUE=bullmq (queue.driver)';
    report.add({ where, expected: 'nothing', found: 'a URL', mend });
    return undefined;
  }
  if (isRedisUrl(value)) return value;
  report.add({ where, expected: REDIS_URL, found });
  return undefined;
}

/** What means something to the spool alone: an option that does nothing is an error. */
function refuseOfSpool({ path, encryptionKey }: QueueModuleOptions, report: ConfigReport): void {
  const expected = "nothing beside the driver 'bullmq'";
  if (path !== undefined) {
    report.add({
      where: 'queue.path',
      expected,
      found: show(path),
      mend: 'Remove MAIL_SPOOL_PATH (queue.path)',
    });
  }
  if (encryptionKey !== undefined) {
    report.add({
      where: 'queue.encryptionKey',
      expected,
      found: 'a value (not shown)',
      mend: 'Mails in Redis are not encrypted by this version: use rediss:// and an encrypted disk',
      unsupported: true,
    });
  }
}

function refuseUnregistered({ where, report }: Place): void {
  report.add({
    where,
    expected: 'a registered driver',
    found: show('bullmq'),
    mend: "Add use: [bullmq()] to MailModule.forRoot(), with import { bullmq } from 'nest-mailroom/bullmq'",
  });
}
