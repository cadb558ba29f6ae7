import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  type AbstractHttpAdapter,
  ApplicationConfig,
  ExternalContextCreator,
  HttpAdapterHost,
} from '@nestjs/core';
import { type InboxReply, isAnswered } from '../http/reply.js';
import type { InboxRequest } from '../http/request.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';
import { CrossSiteProtection } from '../safety/cross-site-protection.js';
import { wasAdmitted } from '../safety/inbox-guard.js';
import { writeAnswer } from './answer.js';
import { faultAnswer, guardAnswer } from './fault-answer.js';
import { INBOX_CONTROLLERS, controllerPath, type Route, routesOf } from './inbox-controller.js';
import { joinPaths, mountPath } from './paths.js';

type Handler = (...args: unknown[]) => unknown;
type RequestListener = (request: InboxRequest, reply: InboxReply, next?: unknown) => Promise<void>;

/**
 * Mounts the routes directly on the application's platform. Nest's router would run the application's global
 * pipes, interceptors and filters on them, and list them in its log and in Swagger. Global guards do apply: Nest
 * runs them first, and `InboxGuard` after them. Logs the URL of the page once the application listens.
 */
@Injectable()
export class InboxRoutes implements OnModuleInit {
  readonly #logger = new Logger('MailInbox');
  readonly #controllers: readonly object[];
  readonly #host: HttpAdapterHost<AbstractHttpAdapter<Server>>;
  readonly #creator: ExternalContextCreator;
  readonly #protection: CrossSiteProtection;
  readonly #config: ApplicationConfig;
  readonly #options: ResolvedInboxOptions;

  constructor(
    @Inject(INBOX_CONTROLLERS) controllers: readonly object[],
    host: HttpAdapterHost<AbstractHttpAdapter<Server>>,
    creator: ExternalContextCreator,
    protection: CrossSiteProtection,
    config: ApplicationConfig,
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
  ) {
    this.#controllers = controllers;
    this.#host = host;
    this.#creator = creator;
    this.#protection = protection;
    this.#config = config;
    this.#options = options;
  }

  /** Runs after the application's own routes and middleware are mounted. Does nothing in a worker without a server. */
  onModuleInit(): void {
    const { httpAdapter } = this.#host;
    if (!isServing(httpAdapter)) return;
    const mount = mountPath(this.#config, this.#options);
    this.#host.listen$.subscribe(() => {
      const origin = originOf(httpAdapter.getHttpServer());
      if (origin !== undefined) this.#logger.log(`The inbox is at ${origin}${mount}`);
    });
    for (const controller of this.#controllers) {
      for (const route of routesOf(controller)) {
        const listener = this.#listener(controller, route);
        const base = controllerPath(controller);
        for (const path of route.paths)
          httpAdapter[route.method](joinPaths(mount, base, path) || '/', listener);
      }
    }
  }

  #listener(controller: object, route: Route): RequestListener {
    const { name, status = 200 } = route;
    const handler: unknown = Reflect.get(controller, name);
    if (!isHandler(handler)) throw new TypeError(`${name} is not a handler.`);
    const headers = this.#protection.headersOf(route);
    const guarded: Handler = this.#creator.create(
      controller,
      handler,
      name,
      undefined,
      undefined,
      undefined,
      undefined,
      {
        guards: true,
        interceptors: false,
        filters: false,
      },
    );
    return async (request, reply, next) => {
      let isPastProtection = false;
      try {
        this.#protection.check(request, route);
        isPastProtection = true;
        const answer = await guarded(request, reply, next);
        writeAnswer(reply, answer, status, headers);
      } catch (error) {
        const fault = isPastProtection && !wasAdmitted(request) ? guardAnswer(error) : faultAnswer(error);
        if (fault.isUnexpected) this.#logger.error(error);
        // A guard may have responded itself, for instance with a redirect to a login.
        if (!isAnswered(reply)) writeAnswer(reply, fault.body, fault.status, headers);
      }
    };
  }
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

/** Undefined if the server listens on a socket file instead of a port. */
function originOf(server: Server): string | undefined {
  const address = server.address();
  if (typeof address !== 'object' || !address) return undefined;
  return `${server instanceof TlsServer ? 'https' : 'http'}://localhost:${address.port}`;
}

/** Workers and microservices have no adapter, or one without a server. */
function isServing(
  adapter: AbstractHttpAdapter<Server> | null | undefined,
): adapter is AbstractHttpAdapter<Server> {
  return Boolean(adapter?.getHttpServer());
}
