import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { ApplicationConfig, ContextIdFactory, ModuleRef, ModulesContainer } from '@nestjs/core';
import { isObservable, lastValueFrom } from 'rxjs';
import { resolveClass } from '../../module/container.js';
import { refusal } from '../http/reply.js';
import { INBOX_OPTIONS, type ResolvedInboxOptions } from '../inbox.options.js';

/** Requests that the application's global guards have admitted. */
const ADMITTED = new WeakSet<object>();

/** Whether the global guards admitted a request; any later refusal is by the inbox. */
export function wasAdmitted(request: object): boolean {
  return ADMITTED.has(request);
}

/**
 * Guards every handler of the inbox. Nest runs the global guards before it, except for request-scoped ones: only a
 * router would instantiate those, so this guard does. Then it runs the guard of the option `guard`.
 */
@Injectable()
export class InboxGuard implements CanActivate {
  readonly #options: ResolvedInboxOptions;
  readonly #config: ApplicationConfig;
  readonly #container: ModulesContainer;
  readonly #moduleRef: ModuleRef;
  #own: Promise<() => CanActivate> | undefined;

  constructor(
    @Inject(INBOX_OPTIONS) options: ResolvedInboxOptions,
    config: ApplicationConfig,
    container: ModulesContainer,
    moduleRef: ModuleRef,
  ) {
    this.#options = options;
    this.#config = config;
    this.#container = container;
    this.#moduleRef = moduleRef;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request: object = context.switchToHttp().getRequest();
    for (const guard of await this.#guardsFor(request)) {
      if (!(await answerOf(guard, context))) return false;
    }
    ADMITTED.add(request);
    const { guard } = this.#options;
    if (!guard) return true;
    this.#own ??= resolveClass(guard, this.#container, this.#moduleRef);
    if (await answerOf((await this.#own)(), context)) return true;
    throw refusal(403, 'The guard of the mail inbox refused this request.');
  }

  async #guardsFor(request: object): Promise<readonly CanActivate[]> {
    const guards = this.#config.getGlobalRequestGuards();
    if (guards.length === 0) return [];
    const contextId = ContextIdFactory.getByRequest(request);
    this.#moduleRef.registerRequestByContextId(request, contextId);
    return Promise.all(
      guards.map(({ token }) => this.#moduleRef.resolve<CanActivate>(token, contextId, { strict: false })),
    );
  }
}

async function answerOf(guard: CanActivate, context: ExecutionContext): Promise<boolean> {
  const answer = guard.canActivate(context);
  return isObservable(answer) ? lastValueFrom(answer) : answer;
}
