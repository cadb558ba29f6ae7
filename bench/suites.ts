import { boot } from './suites/boot.js';
import { compose } from './suites/compose.js';
import { http } from './suites/http.js';
import { growth } from './suites/growth.js';
import { queueAdd } from './suites/queue-add.js';
import { queueBacklog } from './suites/queue-backlog.js';
import { queueBullmq } from './suites/queue-bullmq.js';
import { queueDrain } from './suites/queue-drain.js';
import { render } from './suites/render.js';
import { smtp } from './suites/smtp.js';
import type { Measurement } from './measurements.js';
import { queueFlood } from './measurements/queue-flood.js';
import { queueWeb } from './measurements/queue-web.js';
import type { Suite } from './rounds.js';

export const SUITES: ReadonlyMap<string, Suite> = new Map([
  ['render', render],
  ['compose', compose],
  ['smtp', smtp],
  ['http', http],
  ['growth', growth],
  ['boot', boot],
  ['queue-add', queueAdd],
  ['queue-drain', queueDrain],
  ['queue-backlog', queueBacklog],
  ['queue-bullmq', queueBullmq],
]);

export const MEASUREMENTS: ReadonlyMap<string, Measurement> = new Map([
  ['queue-web', queueWeb],
  ['queue-flood', queueFlood],
]);
