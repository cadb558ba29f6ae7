import type { MailOutbox } from './memory/outbox.js';
import type { TransportExtension } from './extension.js';
import type { SmtpOptions } from './smtp/smtp.options.js';

/** Where transports write; Nest's `Logger` is one. */
export interface TransportLogger {
  log(line: string): void;
  debug(line: string): void;
}

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** What a transport made from a URL may need. */
export interface TransportResources {
  readonly outbox: MailOutbox;
  readonly logger: TransportLogger;
  readonly extensions: readonly TransportExtension[];
  /** Options of an SMTP transport that its URL leaves open. */
  readonly smtp?: Omit<SmtpOptions, 'url' | 'service'> | undefined;
  readonly clock?: Clock | undefined;
}
