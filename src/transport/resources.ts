import type { ModulesContainer } from '@nestjs/core';
import type { ConfigReport } from '../errors/config-report.js';
import type { MailOutbox } from './memory/outbox.js';
import type { Fetch } from './http/http-client.js';
import type { SpareKey } from './http/spare-key.js';
import type { SmtpOptions } from './smtp/smtp.options.js';
import type { Transport } from './transport.js';

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

/** What an extension brings of transports. */
export interface TransportExtension {
  /** For messages. */
  readonly name: string;
  /** URL schemes it makes transports for, without the colon. */
  readonly schemes?: readonly string[];
  /** Makes a transport; adds what is wrong with the URL to `report` under `where` and returns `undefined` then. */
  createTransport?(
    url: URL,
    resources: TransportResources,
    report: ConfigReport,
    where: string,
  ): Transport | undefined;
}
