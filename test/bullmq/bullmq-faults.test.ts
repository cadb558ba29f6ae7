import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import type { MailQueueService } from 'nest-mailroom';
import { bullmq } from 'nest-mailroom/bullmq';
import { afterCleanup, cleanup } from '../support/application.js';
import { until } from '../support/example-process.js';
import { at, queueing, server } from '../support/queueing.js';
import { SILENCE } from '../../src/bullmq/redis/redis-link.js';
import { RedisServer } from '../support/redis-server.js';
import type { Script, ScriptedServer } from '../support/scripted-server.js';

afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

const CONCURRENCY = 10;
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'the body' };
const use = [bullmq()];
const onRedis = (url: string) => ({ driver: 'bullmq', url, concurrency: CONCURRENCY }) as const;

async function redisServer(): Promise<RedisServer> {
  const redis = await RedisServer.start();
  afterCleanup(redis.close);
  return redis;
}

/** Also when Redis is away in between. */
async function drainInTheEnd(queue: MailQueueService): Promise<void> {
  for (;;) {
    try {
      await queue.drain();
      return;
    } catch (error) {
      expect(error).toMatchObject({ code: 'transport-unavailable' });
    }
  }
}

function arrivals({ bodies }: ScriptedServer): { readonly all: number; readonly distinct: number } {
  const ids = bodies.map((body) => /^Message-ID: (.*)$/m.exec(body)?.[1]);
  return { all: ids.length, distinct: new Set(ids).size };
}

/** Does something when so many mails have arrived, before the server answers. */
function atArrival(acts: ReadonlyMap<number, () => unknown>): Script {
  let count = 0;
  return (line) => {
    if (line.startsWith('END')) acts.get((count += 1))?.();
    return undefined;
  };
}

test('kill -9 of Redis as mails are delivered loses none, and repeats no more than were being sent', async () => {
  const redis = await redisServer();
  const [mails, kills] = [300, [60, 140, 220]];
  const kill = (): Promise<void> => redis.kill().then(() => redis.start());
  const smtp = await server(atArrival(new Map(kills.map((count) => [count, kill]))));
  const { mail: service, queue } = await queueing(at(smtp.port), onRedis(redis.url), { use });
  queue.pause();
  await service.queueMany(Array.from({ length: mails }, () => mail));
  queue.resume();
  await drainInTheEnd(queue);
  const { all, distinct } = arrivals(smtp);
  console.info(
    `BullMQ: ${kills.length} kills of Redis, ${mails - distinct} of ${mails} lost, ${all - distinct} twice`,
  );
  expect(distinct).toBe(mails);
  expect(all - distinct).toBeLessThanOrEqual(kills.length * CONCURRENCY);
}, 120_000);

test('a Redis that hangs refuses mails within seconds, and all go out when it goes on', async () => {
  const redis = await redisServer();
  let hangs: () => void = () => undefined;
  const hanging = new Promise<void>((resolve) => {
    hangs = resolve;
  });
  const freeze = (): void => {
    redis.freeze();
    hangs();
  };
  const smtp = await server(atArrival(new Map([[5, freeze]])));
  const { mail: service, queue } = await queueing(at(smtp.port), onRedis(redis.url), { use });
  queue.pause();
  await service.queueMany(Array.from({ length: 30 }, () => mail));
  queue.resume();
  await hanging;
  await expect(service.queue(mail)).rejects.toMatchObject({ code: 'transport-unavailable', retryable: true });
  redis.thaw();
  await drainInTheEnd(queue);
  const { all, distinct } = arrivals(smtp);
  // Redis may have taken the one that was refused: its answer did not come in time.
  expect([30, 31]).toContain(distinct);
  expect(all - distinct).toBeLessThanOrEqual(CONCURRENCY);
}, 60_000);

test('a Redis that fills up as a mail is sent sends it once, and the others when there is room', async () => {
  const redis = await redisServer();
  const client = new Redis(redis.url);
  afterCleanup(() => client.quit());
  const limit = (bytes: string) => client.config('SET', 'maxmemory', bytes);
  const smtp = await server(atArrival(new Map([[1, () => limit('1')]])));
  const settings = { ...onRedis(redis.url), concurrency: 1 };
  const { mail: service, queue } = await queueing(at(smtp.port), settings, { use });
  queue.pause();
  await service.queueMany(Array.from({ length: 5 }, () => mail));
  queue.resume();
  await smtp.saw('END');
  while (!(await client.info('errorstats')).includes('errorstat_OOM'));
  await expect(service.queue(mail)).rejects.toMatchObject({ code: 'queue-full' });
  await limit('0');
  await drainInTheEnd(queue);
  expect(arrivals(smtp)).toEqual({ all: 5, distinct: 5 });
  expect((await queue.stats()).states).toMatchObject({ sent: 5, waiting: 0, sending: 0 });
}, 60_000);

/** A way to Redis. */
async function wayTo(port: number, pass: (chunk: Buffer, to: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const passOn = (from: Socket, to: Socket): void => {
    from.on('data', (chunk) => pass(chunk, to));
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
    sockets.add(from);
  };
  const listener = createServer((socket) => {
    const redis = connect(port, '127.0.0.1');
    passOn(socket, redis);
    passOn(redis, socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  afterCleanup(async () => {
    for (const socket of sockets) socket.destroy();
    listener.close();
    await once(listener, 'close');
  });
  const address = listener.address();
  return `redis://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

test('a Redis far away delivers each mail once', async () => {
  const [redis, smtp] = [await redisServer(), await server()];
  const url = await wayTo(redis.port, (chunk, to) => setTimeout(() => to.write(chunk), 40));
  const { mail: service, queue } = await queueing(at(smtp.port), onRedis(url), { use });
  await service.queueMany(Array.from({ length: 40 }, () => mail));
  await queue.drain();
  expect(arrivals(smtp)).toEqual({ all: 40, distinct: 40 });
}, 60_000);

test('a way to Redis that swallows everything, and stays open, is given up', async () => {
  jest.replaceProperty(SILENCE, 'longest', 3_000);
  const [redis, smtp] = [await redisServer(), await server()];
  const known = new Set<Socket>();
  const deaf = new Set<Socket>();
  const url = await wayTo(redis.port, (chunk, to) => {
    known.add(to);
    if (!deaf.has(to)) to.write(chunk);
  });
  const { mail: service, queue } = await queueing(at(smtp.port), onRedis(url), { use });
  await service.queue(mail);
  await queue.drain();
  for (const socket of known) deaf.add(socket);
  await expect(service.queue(mail)).rejects.toMatchObject({ code: 'transport-unavailable' });
  const { mail: other } = await queueing(at(smtp.port), { ...onRedis(redis.url), deliver: false }, { use });
  await other.queue(mail);
  await until(() => smtp.bodies.length > 1);
  await drainInTheEnd(queue);
}, 60_000);
