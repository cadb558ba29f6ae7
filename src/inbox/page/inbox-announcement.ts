import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type AbstractHttpAdapter, ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { mountOf } from '../routing/mount.js';

/** Says in the log where the page is, once the application listens. */
@Injectable()
export class InboxAnnouncement implements OnModuleInit {
  readonly #logger = new Logger('MailInbox');
  readonly #options: ResolvedInboxOptions;
  readonly #host: HttpAdapterHost<AbstractHttpAdapter<Server>>;
  readonly #config: ApplicationConfig;

  constructor(
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
    host: HttpAdapterHost<AbstractHttpAdapter<Server>>,
    config: ApplicationConfig,
  ) {
    this.#options = options;
    this.#host = host;
    this.#config = config;
  }

  onModuleInit(): void {
    this.#host.listen$.subscribe(() => {
      const origin = originOf(this.#host.httpAdapter.getHttpServer());
      if (origin !== undefined)
        this.#logger.log(`The inbox is at ${origin}${mountOf(this.#config, this.#options)}`);
    });
  }
}

/** Undefined where it listens on no port, but on a socket file. */
function originOf(server: Server): string | undefined {
  const address = server.address();
  if (typeof address !== 'object' || !address) return undefined;
  return `${server instanceof TlsServer ? 'https' : 'http'}://localhost:${address.port}`;
}
