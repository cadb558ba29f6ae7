import type { RateLimit } from '../deliver/limits/rate-limiter.js';
import type { MailAlarmEvent } from '../mail.events.js';
import type { MailQueue } from '../queue/mail-queue.js';
import type { TransportExtension } from '../transport/resources.js';

/** Something registered with `use: [...]` of the module's options: a transport with a URL scheme of its own, a queue driver. */
export interface MailExtension extends TransportExtension {
  /** Name of the driver it brings, as in `queue: { driver: 'bullmq' }` and `MAIL_QUEUE`. */
  readonly queueDriver?: string;
  /** Makes the module's queue, not yet opened. Asked once, when `queueDriver` is the one that was chosen. */
  createQueue?(settings: QueueSettings): MailQueue;
}

/** What a driver is told. */
export interface QueueSettings {
  /** Where its store is, `queue.url` or `MAIL_REDIS_URL`. It may hold a password: never show it. */
  readonly url: string | undefined;
  /** Mails that may wait; more are refused as `queue-full`. */
  readonly maxBacklog: number;
  /** Milliseconds that sent and cancelled mails are known. */
  readonly retention: number;
  readonly failedRetention: number;
  /** Of the mailers that have one. A driver whose processes do not know each other keeps it for all of them. */
  readonly rateLimits: ReadonlyMap<string, RateLimit>;
  /** Mailers whose mails are queued. */
  readonly mailers: readonly string[];
  readonly now: () => Date;
  /** Logs a fault that goes away by itself, as one sentence for the operator. */
  readonly report: (what: string) => void;
  /** Tells of what somebody has to look at: `mail.alarm`. */
  readonly raise: (alarm: MailAlarmEvent) => void;
  /** What one of the application's modules provides under a token; only once the queue is opened. */
  readonly find: (token: string | symbol) => unknown;
}
