import { getSharedConfigToken } from '@nestjs/bullmq';
import type { Redis, RedisOptions } from 'ioredis';
import { MailError } from '../errors/mail-error.js';
import type { MailExtension, QueueSettings } from '../options/extension.js';
import { BullMqQueue } from './bullmq-queue.js';
import { isClient, type RedisTarget } from './redis/redis-link.js';

/** Where BullMQ keeps the mails; everything else is said in `queue` of the module's options. */
export interface BullMqOptions {
  /** Options of ioredis, or a client whose options are taken. @default `queue.url`, else the `connection` of `BullModule.forRoot()` */
  readonly connection?: RedisOptions | Redis | undefined;
  /** What all keys in Redis begin with. @default the `prefix` of `BullModule.forRoot()`, else BullMQ's own `bull` */
  readonly prefix?: string | undefined;
  /** Which `BullModule.forRoot(configKey, …)` is meant, where there are several. */
  readonly configKey?: string | undefined;
}

/** The driver for `queue: { driver: 'bullmq' }` and `MAIL_QUEUE=bullmq`: `MailModule.forRoot({ use: [bullmq()] })`. */
export function bullmq(options: BullMqOptions = {}): MailExtension {
  return {
    name: 'bullmq',
    queueDriver: 'bullmq',
    createQueue: (settings) =>
      new BullMqQueue({
        place: () => placeOf(options, settings),
        ...settings,
      }),
  };
}

/** @throws {MailError} `config`, `unsupported` */
function placeOf(
  { connection, prefix, configKey }: BullMqOptions,
  { url, find }: QueueSettings,
): { readonly target: RedisTarget; readonly prefix: string } {
  const shared = find(getSharedConfigToken(configKey));
  const target = connection ?? url ?? sharedConnection(shared);
  if (fieldOf(target, 'isCluster') === true) {
    throw new MailError(
      'unsupported',
      'The mail queue cannot be kept in a Redis Cluster: what changes together would lie on several machines. Pass bullmq({ connection }) of a single Redis, or of one with Sentinel.',
      { scope: 'config' },
    );
  }
  if (target === undefined) {
    throw new MailError(
      'config',
      "The mail queue has no Redis. Set MAIL_REDIS_URL (queue.url), pass bullmq({ connection }), or import BullModule.forRoot({ connection }) of '@nestjs/bullmq'.",
    );
  }
  return { target, prefix: prefix ?? textIn(shared, 'prefix') ?? 'bull' };
}

/** BullMQ takes a URL among the options of a connection, ioredis does not. */
function sharedConnection(shared: unknown): RedisTarget | undefined {
  const connection = fieldOf(shared, 'connection');
  if (isClient(connection)) return connection;
  return textIn(connection, 'url') ?? (isOptions(connection) ? connection : undefined);
}

function isOptions(value: unknown): value is RedisOptions {
  return typeof value === 'object' && value !== null;
}

function textIn(value: unknown, name: string): string | undefined {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : undefined;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
