import { createIORedisClient, type IRedisClient } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import { MailError, messageOf } from '../../errors/mail-error.js';
import { redisFault, unavailable } from './redis-fault.js';

/** Where Redis is: a URL, options of ioredis, or a client whose options are taken. */
export type RedisTarget = string | RedisOptions | Redis;

/** Milliseconds a call waits for a connection. */
const CONNECT_MS = 1_500;
/** Milliseconds a command may take; a Redis that hangs is as good as one that is gone. */
const COMMAND_MS = 5_000;

/** Milliseconds without an answer after which a connection is made anew; an object for tests, which shorten it. */
export const SILENCE = {
  /** Longer than a worker waits for mails, and than a Redis that hangs for a moment. */
  longest: 30_000,
};

const EVERY = {
  maxRetriesPerRequest: null,
  connectTimeout: CONNECT_MS,
  retryStrategy: (times: number) => Math.min(times * 50, 1_000),
  // A primary that became a replica: the next connection finds the new one.
  reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  connectionName: 'nest-mailroom',
} as const satisfies RedisOptions;

/**
 * Of calls that somebody waits for. Nothing is kept in this process while Redis is away: what was not written is said not to
 * be, and what was under way may be sent again by its caller.
 */
const IMPATIENT = {
  ...EVERY,
  lazyConnect: true,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  commandTimeout: COMMAND_MS,
} as const satisfies RedisOptions;

/**
 * Of workers: their commands wait for a Redis that is away, and one that waits for a mail ends by BullMQ's time, whatever the
 * application's own connection has been told.
 */
const PATIENT = {
  ...EVERY,
  lazyConnect: false,
  enableOfflineQueue: true,
  autoResendUnfulfilledCommands: true,
  commandTimeout: undefined,
  blockingTimeout: undefined,
} as const satisfies RedisOptions;

/** The connection to Redis, which is made again whenever it is lost. */
export class RedisLink {
  readonly redis: Redis;
  /** The same, as BullMQ speaks to it. */
  readonly client: IRedisClient;
  #fault: unknown;

  /** @param isPatient whether commands wait for a Redis that is away */
  constructor(target: RedisTarget, isPatient = false) {
    this.redis = connection(target, isPatient ? PATIENT : IMPATIENT);
    // Without a listener an error would end the process; who asks for something hears of it.
    this.redis.on('error', (error: unknown) => {
      this.#fault = error;
    });
    this.redis.on('ready', () => {
      this.#fault = undefined;
    });
    this.client = createIORedisClient(this.redis);
  }

  /** For messages: without user and password. */
  get place(): string {
    const { sentinels, name, path, host, port } = this.redis.options;
    if (!sentinels) return path ?? `${host}:${port}`;
    const places = sentinels.map((sentinel) => `${sentinel.host}:${sentinel.port}`);
    return `${name} (Sentinel ${places.join(', ')})`;
  }

  /** @throws {MailError} `transport-unavailable`, `authentication`, `tls` */
  async ready(): Promise<void> {
    if (this.redis.status === 'ready') return;
    if (this.redis.status === 'wait') void this.redis.connect().catch(() => undefined);
    if (await this.#connected()) return;
    if (this.#fault === undefined) throw unavailable(this.place, 'it cannot be reached', 'not-sent');
    const fault = redisFault(this.#fault, this.place);
    throw MailError.is(fault) && (fault.code === 'authentication' || fault.code === 'tls')
      ? fault
      : unavailable(this.place, messageOf(this.#fault), 'not-sent');
  }

  close(): void {
    this.redis.disconnect();
  }

  async #connected(): Promise<boolean> {
    return new Promise((resolve) => {
      const done = (isReady: boolean): void => {
        clearTimeout(timer);
        this.redis.off('ready', onReady);
        resolve(isReady);
      };
      const onReady = (): void => done(true);
      const timer = setTimeout(() => done(false), CONNECT_MS);
      this.redis.once('ready', onReady);
    });
  }
}

/** A way to Redis that swallows everything, as of a firewall that forgot it, may stay open for hours. */
function connection(target: RedisTarget, patience: typeof IMPATIENT | typeof PATIENT): Redis {
  const options = { ...patience, socketTimeout: SILENCE.longest };
  if (typeof target === 'string') return new Redis(target, options);
  return isClient(target)
    ? target.duplicate(options)
    : new Redis({ ...target, ...options, replyMapping: 'legacy' });
}

/** By its shape: the application may have another copy of ioredis. */
export function isClient(value: unknown): value is Redis {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'duplicate') === 'function' &&
    typeof Reflect.get(value, 'defineCommand') === 'function'
  );
}
