import type { MailAlarmEvent } from '../mail.events.js';
import type { PullQueue, PushQueue } from '../queue/mail-queue.js';
import type { TransportExtension } from '../transport/resources.js';

/** An extension for `use: [...]`: a transport with a URL scheme of its own, or a queue driver. */
export interface MailExtension extends TransportExtension {
  /** Name of its queue driver, as in `queue: { driver: 'bullmq' }` and `MAIL_QUEUE`. */
  readonly queueDriver?: string;
  /** Makes the module's queue, not yet opened. Called once, if `queueDriver` is the configured driver. */
  createQueue?(settings: QueueSettings): PullQueue | PushQueue;
}

/** The settings that a queue driver gets. */
export interface QueueSettings {
  /** URL of its store, `queue.url` or `MAIL_REDIS_URL`. It may hold a password: never show it. */
  readonly url: string | undefined;
  /** Number of waiting mails at which more are refused with `queue-full`. */
  readonly maxBacklog: number;
  /** Milliseconds for which sent and cancelled mails are kept. */
  readonly retention: number;
  readonly failedRetention: number;
  /** Mailers whose mails are queued. */
  readonly mailers: readonly string[];
  readonly now: () => Date;
  /** Logs a fault that goes away by itself, as one sentence for the operator. */
  readonly report: (what: string) => void;
  /** Raises `mail.alarm` for a fault that an operator has to fix. */
  readonly raise: (alarm: MailAlarmEvent) => void;
  /** Looks up a value that one of the application's modules provides under a token; only once the queue is opened. */
  readonly find: (token: string | symbol) => unknown;
}
