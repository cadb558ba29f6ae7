import type { Measurement } from './measurements.js';
import type { Suite } from './rounds.js';

/** A process that measures loads the code of its own suite alone. */
type Loading<T> = ReadonlyMap<string, () => Promise<T>>;

export const SUITES: Loading<Suite> = new Map([
  ['render', async () => (await import('./suites/render.js')).render],
  ['compose', async () => (await import('./suites/compose.js')).compose],
  ['smtp', async () => (await import('./suites/smtp.js')).smtp],
  ['http', async () => (await import('./suites/http.js')).http],
  ['growth', async () => (await import('./suites/growth.js')).growth],
  ['boot', async () => (await import('./suites/boot.js')).boot],
  ['queue-add', async () => (await import('./suites/queue-add.js')).queueAdd],
  ['queue-drain', async () => (await import('./suites/queue-drain.js')).queueDrain],
  ['queue-tenants', async () => (await import('./suites/queue-tenants.js')).queueTenants],
  ['queue-backlog', async () => (await import('./suites/queue-backlog.js')).queueBacklog],
]);

export const MEASUREMENTS: Loading<Measurement> = new Map([
  ['queue-web', async () => (await import('./measurements/queue-web.js')).queueWeb],
  ['queue-flood', async () => (await import('./measurements/queue-flood.js')).queueFlood],
  ['queue-bullmq', async () => (await import('./measurements/bullmq-mails.js')).bullmqMails],
  ['queue-bullmq-wake', async () => (await import('./measurements/bullmq-wake.js')).bullmqWake],
  ['queue-bullmq-operator', async () => (await import('./measurements/bullmq-operator.js')).bullmqOperator],
]);
