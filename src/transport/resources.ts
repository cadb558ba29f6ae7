import type { ModulesContainer } from '@nestjs/core';
import type { MailOutbox } from './memory/outbox.js';
import type { TransportExtension } from './extension.js';
import type { Fetch } from './http/http-client.js';
import type { SpareKey } from './http/spare-key.js';
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
  /** Makes the requests of providers' transports. @default the global one */
  readonly fetch?: Fetch | undefined;
  readonly spareKey?: SpareKey | undefined;
  /** The application's modules, for a transport that one of them is behind; their providers exist once the application is booted. */
  readonly container?: ModulesContainer | undefined;
}
