import type { Server } from 'node:http';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { type AbstractHttpAdapter, ApplicationConfig, HttpAdapterHost } from '@nestjs/core';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';

/** Says in the log where the page is, once the application listens. */
@Injectable()
export class InboxAnnouncement implements OnModuleInit {
  readonly #logger = new Logger('MailInbox');
  readonly #options: ResolvedInboxOptions;
  readonly #host: HttpAdapterHost<AbstractHttpAdapter<Server>>;
  readonly #config: ApplicationConfig;

  constructor(
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
    @Inject(HttpAdapterHost) host: HttpAdapterHost<AbstractHttpAdapter<Server>>,
    @Inject(ApplicationConfig) config: ApplicationConfig,
  ) {
    this.#options = options;
    this.#host = host;
    this.#config = config;
  }

  onModuleInit(): void {
    this.#host.listen$.subscribe(() => {
      const port = this.#port();
      if (port !== undefined) this.#logger.log(`The inbox is at http://localhost:${port}${this.#path()}`);
    });
  }

  /** Undefined where it listens on no port, but on a socket file. */
  #port(): number | undefined {
    const address = this.#host.httpAdapter.getHttpServer().address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  #path(): string {
    const segments = `${this.#config.getGlobalPrefix()}/${this.#options.path}`.split('/');
    return segments.map((segment) => segment && `/${segment}`).join('');
  }
}
