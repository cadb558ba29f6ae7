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
import { InboxDoor } from '../safety/inbox-door.js';
import { wasAdmitted } from '../safety/inbox-guard.js';
import { AnswerWriter } from './answer-writer.js';
import { faultAnswer, guardAnswer } from './fault-answer.js';
import { INBOX_CONTROLLERS } from './feature.js';
import { controllerPath } from './inbox-controller.js';
import { joined, mountOf } from './mount.js';
import { type Route, type RouteMethod, routesOf } from './route.js';

type Handler = (...args: unknown[]) => unknown;
type RequestListener = (request: InboxRequest, reply: InboxReply, next?: unknown) => Promise<void>;

/**
 * Mounts the inbox on the application's platform itself. Nest's router would run the application's global
 * pipes, interceptors and filters on what is none of theirs, and list every route in its log and in
 * Swagger. Global guards do apply: Nest asks them, and then `InboxGuard`.
 */
@Injectable()
export class InboxRoutes implements OnModuleInit {
  readonly #logger = new Logger('MailInbox');
  readonly #controllers: readonly object[];
  readonly #host: HttpAdapterHost;
  readonly #creator: ExternalContextCreator;
  readonly #door: InboxDoor;
  readonly #config: ApplicationConfig;
  readonly #options: ResolvedInboxOptions;

  constructor(
    @Inject(INBOX_CONTROLLERS) controllers: readonly object[],
    host: HttpAdapterHost,
    creator: ExternalContextCreator,
    door: InboxDoor,
    config: ApplicationConfig,
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
  ) {
    this.#controllers = controllers;
    this.#host = host;
    this.#creator = creator;
    this.#door = door;
    this.#config = config;
    this.#options = options;
  }

  /** After the application's own routes and middleware. A worker has no server to mount it on. */
  onModuleInit(): void {
    const { httpAdapter } = this.#host;
    if (!isServing(httpAdapter)) return;
    const mount = mountOf(this.#config, this.#options);
    const register = registration(httpAdapter);
    for (const controller of this.#controllers) {
      for (const route of routesOf(controller)) {
        const listener = this.#listener(controller, route);
        const base = controllerPath(controller);
        for (const path of route.paths) register[route.method](joined(mount, base, path) || '/', listener);
      }
    }
  }

  #listener(controller: object, route: Route): RequestListener {
    const { name, status = 200 } = route;
    const handler: unknown = Reflect.get(controller, name);
    if (!isHandler(handler)) throw new TypeError(`${name} is no handler.`);
    const headers = this.#door.headersOf(route);
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
      let isInside = false;
      try {
        this.#door.check(request, route);
        isInside = true;
        const answer = await guarded(request, reply, next);
        new AnswerWriter(reply, headers).write(answer, status);
      } catch (error) {
        const fault = isInside && !wasAdmitted(request) ? guardAnswer(error) : faultAnswer(error);
        if (fault.isUnexpected) this.#logger.error(error);
        // A guard may have answered by itself, with a redirect to a login.
        if (!isAnswered(reply)) new AnswerWriter(reply, headers).write(fault.body, fault.status);
      }
    };
  }
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

/** Workers and microservices have no adapter, or one without a server. */
function isServing(adapter: AbstractHttpAdapter | null | undefined): adapter is AbstractHttpAdapter {
  return Boolean(adapter?.getHttpServer());
}

type Register = (path: string, listener: RequestListener) => void;

function registration(adapter: AbstractHttpAdapter): Readonly<Record<RouteMethod, Register>> {
  return {
    get: (path, listener) => void adapter.get(path, listener),
    post: (path, listener) => void adapter.post(path, listener),
    patch: (path, listener) => void adapter.patch(path, listener),
    delete: (path, listener) => void adapter.delete(path, listener),
  };
}
