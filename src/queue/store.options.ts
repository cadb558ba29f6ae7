import { whole } from '../reader/kinds.js';
import { or } from '../reader/option.js';

const DAY_MS = 24 * 3_600_000;

/** The options that every store of queued mails has. */
export const STORE = {
  maxBacklog: or(whole(), 1_000_000, 'mails that may wait; more are `queue-full`'),
  retention: or(
    whole(),
    7 * DAY_MS,
    'milliseconds what is sent is known, with its idempotency key',
    '7 days',
  ),
  failedRetention: or(whole(), 30 * DAY_MS, 'milliseconds a mail that was given up is kept', '30 days'),
};
