import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { type FactoryProvider, Logger, type Provider } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { InFlight } from '../deliver/call/in-flight.js';
import { Limiters } from '../deliver/limits/limiters.js';
import { MailerRateLimiter } from '../deliver/limits/mailer-rate-limiter.js';
import { StoreFault } from '../deliver/worker/store-fault.js';
import { MailLog } from '../log/mail-log.js';
import {
  countGlobal,
  type EventEmitter,
  findEventEmitter,
  isInjected,
  providedValues,
  resolveClass,
  type ResolveClass,
} from './container.js';
import { ENVIRONMENT } from '../options/config.js';
import { MailError } from '../errors/mail-error.js';
import type { PublishMailEvent } from '../mail.events.js';
import { MailLifecycle } from './lifecycle.js';
import { getMailerToken } from '../mail.mailers.js';
import { makeQueueing } from './queueing.js';
import type { MailEnvironment, MailModuleOptions, ResolvedMailer, Surroundings } from '../options/options.js';
import { ownRenderer, templateSources } from './renderer.js';
import { resolveMailOptions } from '../options/resolve.js';
import type { ResolvedMailOptions } from '../options/resolved.js';
import { MailQueueService } from '../mail.queue.service.js';
import { type Mailer, type Mailroom, MailService, unknownMailer } from '../mail.service.js';
import { DEFAULT_MAILER, getTransportToken, MAIL_TRANSPORT, MAILROOM } from '../mail.tokens.js';
import { MAIL_OBSERVER, type MailObserver, faultInjecting, observed } from '../mail.observer.js';
import { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import type { Renderer } from '../render/renderer.js';
import type { TemplateRoot } from '../render/files/template-file.js';
import { composedIn } from '../transport/composed/composed.transport.js';
import { leavesOf } from '../transport/composed/leaves.js';
import { DelegatingTransport } from '../transport/delegating.transport.js';
import { HttpTransport } from '../transport/http/http.transport.js';
import { MailOutbox } from '../transport/memory/outbox.js';
import type { Transport } from '../transport/transport.js';

/** Templates of one feature of the application. */
export interface MailFeatureOptions {
  /** First part of the templates' names: `billing` makes `billing/invoice`. */
  readonly namespace: string;
  /** Folder of the templates, relative to the working directory. */
  readonly dir: string;
}

/** The options as given, and those of features. */
export const OPTIONS = Symbol.for('nest-mailroom:options');
export const RESOLVED = Symbol.for('nest-mailroom:options:resolved');
const RENDERER = Symbol.for('nest-mailroom:renderer');
const RESOLVE = Symbol.for('nest-mailroom:resolve-class');
export const FEATURE = Symbol.for('nest-mailroom:feature');

/** Every provider of a root module beside its options; `named` are the mailers that have tokens. */
export function rootProviders(named: readonly string[]): Provider[] {
  return [
    resolvedOptions,
    classResolver,
    { provide: MailOutbox, useFactory: () => new MailOutbox() },
    rendererProvider,
    transportProvider,
    ...named.map(namedTransport),
    mailroomProvider(named),
    serviceProvider(DEFAULT_MAILER),
    ...named.map(serviceProvider),
    {
      provide: MailQueueService,
      inject: [MAILROOM],
      useFactory: ({ queueing }: Mailroom) => new MailQueueService(queueing),
    },
    {
      provide: MailLifecycle,
      inject: [MAILROOM, RESOLVED],
      useFactory: (room: Mailroom, options: ResolvedMailOptions) => new MailLifecycle(room, options),
    },
  ];
}

const resolvedOptions: FactoryProvider<ResolvedMailOptions> = {
  provide: RESOLVED,
  inject: [OPTIONS, ENVIRONMENT, MailOutbox, ModulesContainer],
  useFactory: resolveProvided,
};

const classResolver: FactoryProvider<ResolveClass> = {
  provide: RESOLVE,
  inject: [ModulesContainer, ModuleRef],
  useFactory:
    (container: ModulesContainer, moduleRef: ModuleRef): ResolveClass =>
    (type) =>
      resolveClass(type, container, moduleRef),
};

/** @throws {MailError} `config` */
export async function resolveProvided(
  options: MailModuleOptions,
  environment: MailEnvironment,
  outbox: MailOutbox,
  container: ModulesContainer,
): Promise<ResolvedMailOptions> {
  if (countGlobal(container, RESOLVED) > 1) throw twoRoots();
  return resolveMailOptions(options, environment, { outbox, logger: new Logger('Mail'), container });
}

const rendererProvider: FactoryProvider<Renderer> = {
  provide: RENDERER,
  inject: [RESOLVED, ENVIRONMENT, ModulesContainer, RESOLVE],
  useFactory: async (
    { templates, renderer: own }: ResolvedMailOptions,
    { surroundings }: MailEnvironment,
    container: ModulesContainer,
    resolveOwn: ResolveClass,
  ) => {
    const features = featureRoots(container, surroundings);
    if (own) return ownRenderer(own, features, resolveOwn);
    const logger = new Logger('Mail');
    const renderer = new HandlebarsRenderer({
      roots: [...templates.folders, ...features],
      sources: await templateSources(templates.sources, resolveOwn),
      helpers: templates.helpers,
      theme: templates.theme,
      defaultLocale: templates.defaultLocale,
      translator: templates.translator,
      inlineCss: templates.inlineCss,
      readGetters: templates.readGetters,
      onWarning: (message) => logger.warn(message),
    });
    await renderer.load();
    return renderer;
  },
};

const transportProvider: FactoryProvider<Transport> = {
  provide: MAIL_TRANSPORT,
  inject: [RESOLVED, RESOLVE],
  useFactory: ({ mailers }: ResolvedMailOptions, resolveOwn: ResolveClass) =>
    makeTransport(mailers[0], resolveOwn),
};

/** A mailer without a transport of its own uses the default's, even an overridden one. */
function namedTransport(name: string): FactoryProvider<Transport | undefined> {
  return {
    provide: getTransportToken(name),
    inject: [RESOLVED, MAIL_TRANSPORT, RESOLVE],
    useFactory: async ({ mailers }: ResolvedMailOptions, inherited: Transport, resolveOwn: ResolveClass) => {
      const mailer = mailers.find((candidate) => candidate.name === name);
      return mailer?.transport ? makeTransport(mailer, resolveOwn) : inherited;
    },
  };
}

async function makeTransport(
  { name, transport }: ResolvedMailer,
  resolveOwn: ResolveClass,
): Promise<Transport> {
  if (typeof transport === 'function') return new DelegatingTransport(await resolveOwn(transport));
  if (transport) return prepared(transport, resolveOwn);
  throw new MailError('config', `The mailer '${name}' has no transport.`);
}

/** Loads the code of providers, which `check` needs, and has the container make members that are classes. */
async function prepared(transport: Transport, resolveOwn: ResolveClass): Promise<Transport> {
  for (const leaf of leavesOf(transport)) if (leaf instanceof HttpTransport) await leaf.load();
  for (const pending of composedIn(transport)?.pending ?? []) {
    if (typeof pending.option === 'function') pending.make(await resolveOwn(pending.option));
  }
  return transport;
}

function mailroomProvider(named: readonly string[]): FactoryProvider<Mailroom> {
  const observerToken = { token: MAIL_OBSERVER, optional: true };
  const tokens = [DEFAULT_MAILER, ...named].map(getTransportToken);
  return {
    provide: MAILROOM,
    inject: [RESOLVED, RENDERER, ModulesContainer, ModuleRef, RESOLVE, observerToken, ...tokens],
    useFactory: async (
      options: ResolvedMailOptions,
      renderer: Renderer,
      container: ModulesContainer,
      moduleRef: ModuleRef,
      resolveOwn: ResolveClass,
      observer: MailObserver | undefined,
      inherited: Transport,
      ...transports: Transport[]
    ): Promise<Mailroom> => {
      const injecting = faultInjecting(observer);
      const provided = new Map(named.map((name, index) => [name, transports[index]]));
      const transportOf = async (mailer: ResolvedMailer): Promise<Transport> =>
        provided.get(mailer.name) ??
        (mailer.transport && mailer.name !== DEFAULT_MAILER ? makeTransport(mailer, resolveOwn) : inherited);
      const shared = { inFlight: new InFlight(), ...tellers(container, observer) };
      const limiters = makeLimiters(shared.log);
      const mailers = await makeMailers(options, limiters, async (of) => injecting(await transportOf(of)));
      const around = { ...shared, mailers, limiters, now, find: providedBy(moduleRef) };
      return {
        ...shared,
        mailers: new Map(mailers.map((mailer) => [mailer.name, mailer])),
        renderer,
        interceptors: await Promise.all(options.interceptors.map((type) => resolveOwn(type))),
        queueing: makeQueueing(options.queue, around),
        observer,
        context: { now, randomId: randomUUID },
      };
    },
  };
}

/** What a limit is shared over is told as other faults of a store are: once for as long as it lasts. */
function makeLimiters(log: MailLog): Limiters {
  const fault = new StoreFault(log);
  const onStore = (error: unknown): void => {
    if (error === undefined) fault.over();
    else fault.met('Rate limits cannot be kept together with other processes', error);
  };
  return new Limiters({ monotonic: () => performance.now(), onStore });
}

async function makeMailers(
  { mailers }: ResolvedMailOptions,
  limiters: Limiters,
  transportOf: (mailer: ResolvedMailer) => Promise<Transport>,
): Promise<readonly Mailer[]> {
  const transports = await Promise.all(
    mailers.map(async (mailer) => [mailer, await transportOf(mailer)] as const),
  );
  // In their order, so that a limit has the same name in every process.
  const limiterOf = sharedLimiters(limiters);
  return transports.map(([mailer, transport]) => toMailer(mailer, transport, limiterOf));
}

type LimiterOf = (mailer: ResolvedMailer, transport: Transport) => MailerRateLimiter | undefined;

/** Shares a limiter between mailers that inherit a limit together with its transport. No limiter if no account is asked. */
function sharedLimiters(limiters: Limiters): LimiterOf {
  const known: Array<readonly [Transport, MailerRateLimiter]> = [];
  return ({ name, rateLimit: given }, transport) => {
    if (given === undefined || (given === 'account' && transport.captures)) return undefined;
    const shared = known.find(([of, limiter]) => of === transport && limiter.given === given)?.[1];
    const limiter = shared ?? new MailerRateLimiter(given, name, transport, limiters);
    if (!shared) known.push([transport, limiter]);
    return limiter;
  };
}

function toMailer(mailer: ResolvedMailer, transport: Transport, limiterOf: LimiterOf): Mailer {
  const {
    name,
    from,
    guard,
    timeout,
    rateLimit: _limit,
    transport: _made,
    verify: _verify,
    ...others
  } = mailer;
  return {
    name,
    transport,
    defaults: { mailer: name, ...(from && { from }), ...others },
    guard,
    timeout,
    limiter: limiterOf(mailer, transport),
  };
}

function serviceProvider(name: string): FactoryProvider<MailService | undefined> {
  return {
    provide: getMailerToken(name),
    inject: [MAILROOM, ModulesContainer],
    useFactory: (room: Mailroom, container: ModulesContainer) => {
      const mailer = room.mailers.get(name);
      if (mailer) return new MailService(room, mailer);
      // Another application of this process may inject the name: no fault of this one.
      if (isInjected(container, getMailerToken(name))) throw unknownMailer(name, [...room.mailers.keys()]);
      return undefined;
    },
  };
}

function providedBy(moduleRef: ModuleRef): (token: string | symbol) => unknown {
  return (token) => {
    try {
      const provided: unknown = moduleRef.get(token, { strict: false });
      return provided;
    } catch {
      return undefined;
    }
  };
}

function now(): Date {
  return new Date();
}

function tellers(
  container: ModulesContainer,
  observer: MailObserver | undefined,
): Pick<Mailroom, 'log' | 'publish'> {
  const log = new MailLog();
  return { log, publish: observed(publisher(container, log), observer) };
}

/** A listener that throws is logged and does not affect the mail. */
function publisher(container: ModulesContainer, log: MailLog): PublishMailEvent {
  // Searched until found: its module may be loaded late.
  let emitter: EventEmitter | undefined;
  const tell = async (name: string, event: unknown): Promise<void> => {
    try {
      emitter ??= findEventEmitter(container);
      // Its plain emit() drops the promises of listeners: a rejection would end the process.
      await emitter?.emitAsync(name, event);
    } catch (error) {
      log.fault(`A listener of ${name} failed`, error);
    }
  };
  return (name, event) => void tell(name, event);
}

/** @throws {MailError} `config` for a namespace used twice */
function featureRoots(container: ModulesContainer, { workingDir }: Surroundings): TemplateRoot[] {
  const roots = new Map<string, TemplateRoot>();
  for (const { namespace, dir } of providedValues(container, FEATURE).filter(isFeature)) {
    if (roots.has(namespace)) {
      throw new MailError('config', `MailModule.forFeature: the namespace '${namespace}' is used twice.`);
    }
    roots.set(namespace, { namespace, dir: resolve(workingDir, dir), required: true });
  }
  return [...roots.values()];
}

function twoRoots(): MailError {
  return new MailError(
    'config',
    'MailModule.forRoot() or forRootAsync() is global and imported twice in one application. Keep one, or give the others { isGlobal: false }.',
  );
}

/** Checked by shape: a feature may come from the package's other build. */
function isFeature(value: unknown): value is MailFeatureOptions {
  return typeof value === 'object' && value !== null && 'namespace' in value && 'dir' in value;
}
