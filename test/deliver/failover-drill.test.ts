import type { QueueModuleOptions } from 'nest-mailroom';
import { PAUSES } from '../../src/transport/circuit-breaker.js';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { failoverDrill, FORMS } from '../support/failover-drill.js';
import { RedisServer } from '../support/redis-server.js';

// Pauses of seconds and hours pass in milliseconds; everything else takes its time.
jest.mock('../../src/transport/retry-hint.js', () => {
  const actual = jest.requireActual<typeof import('../../src/transport/retry-hint.js')>(
    '../../src/transport/retry-hint.js',
  );
  const short = (ms: number): number => Math.min(ms, 20);
  return {
    ...actual,
    hintOf: (...given: Parameters<typeof actual.hintOf>) => short(actual.hintOf(...given)),
    jittered: (...given: Parameters<typeof actual.jittered>) => short(actual.jittered(...given)),
  };
});

/** `npm run drill:failover` sends 2 000 in each way. */
const MAILS = Number(process.env['DRILL_MAILS'] ?? 70);
const SEED = Number(process.env['DRILL_SEED'] ?? 18);

const WAYS: Readonly<Record<string, () => Promise<QueueModuleOptions | undefined>>> = {
  send: async () => undefined,
  spool: async () => ({ driver: 'spool', path: `${await folder()}/spool.db` }),
  bullmq: async () => {
    const redis = await RedisServer.start({ appendfsync: 'everysec' });
    afterCleanup(redis.close);
    return { driver: 'bullmq', url: redis.url };
  },
};

const cases = Object.keys(FORMS).flatMap((form) =>
  Object.keys(WAYS).flatMap((way) =>
    (way === 'send' ? (['hold'] as const) : (['hold', 'retry'] as const)).map(
      (onAmbiguous) => [form, way, onAmbiguous] as const,
    ),
  ),
);
/** Every form and every way at least once; `npm run drill:failover` runs all. */
const SHORT: ReadonlySet<string> = new Set([
  'failover(a b) send hold',
  'failover(a b) spool hold',
  'failover(a b) spool retry',
  'failover(retry(a) roundrobin(b c)) spool retry',
  'roundrobin(a b) bullmq retry',
  'roundrobin(failover(a b) c) send hold',
]);

beforeEach(() => {
  for (const name of ['first', 'login', 'longest'] as const) jest.replaceProperty(PAUSES, name, 5);
});
afterEach(async () => {
  await cleanup();
  jest.restoreAllMocks();
});

test.each(cases.filter((names) => process.env['DRILL_MAILS'] !== undefined || SHORT.has(names.join(' '))))(
  '%s by %s with %s loses no mail, and doubles none that is held',
  async (form, way, onAmbiguous) => {
    const queue = await WAYS[way]?.();
    const started = performance.now();
    const result = await failoverDrill({ form, queue, onAmbiguous, mails: MAILS, seed: SEED });
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    const counts = Object.entries(result).map(([what, count]) => `${what} ${count}`);
    console.info(`${form}, ${way}, ${onAmbiguous}: ${counts.join(', ')}; ${seconds} s`);
    expect(result.lost).toBe(0);
    expect(result.doubled).toBeLessThanOrEqual(onAmbiguous === 'hold' ? 0 : result.unknown);
    expect(result.byFirst).toBeGreaterThan(0);
    expect(result.byOthers).toBeGreaterThan(0);
    expect(result.faults).toBeGreaterThan(MAILS / 10);
  },
  300_000,
);
