import type { MailerDeliveries } from './mailer-deliveries.js';

/** Brings the mails of one mailer from the queue to their deliveries, and stores how they end. */
export interface QueueWorker {
  readonly deliveries: MailerDeliveries;
  start(): void;
  /** Takes no further mail, and resolves when the mails under way are settled, without aborting them. */
  stop(): Promise<void>;
}

/** Milliseconds between two calls of a store that does not answer. */
export const STORE_PAUSE_MS = 1_000;
