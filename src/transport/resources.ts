import type { ModulesContainer } from '@nestjs/core';
import type { ConfigReport } from '../errors/config-report.js';
import type { MailOutbox } from './memory/outbox.js';
import type { Fetch } from './http/http-client.js';
import type { SpareKey } from './http/spare-key.js';
import type { SmtpOptions } from './smtp/smtp.options.js';
import type { Transport } from './transport.js';

/** The log of transports; Nest's `Logger` is one. */
export interface TransportLogger {
  log(line: string): void;
  debug(line: string): void;
  /** @default `log` */
  warn?(line: string): void;
}

/** Milliseconds since the epoch. */
export type Clock = () => number;

/** Dependencies of a transport that is made from a URL. */
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
  /**
   * The modules of the application, for a transport that uses one of them. Their providers exist once the application
   * has booted.
   */
  readonly container?: ModulesContainer | undefined;
}

export interface TransportExtension {
  readonly name: string;
  /** Its URL schemes, without the colon. */
  readonly schemes?: readonly string[];
  /** Makes a transport. For a wrong URL it returns `undefined`, and adds the faults to `report` under `where`. */
  createTransport?(
    url: URL,
    resources: TransportResources,
    report: ConfigReport,
    where: string,
  ): Transport | undefined;
}
