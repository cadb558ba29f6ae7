import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { type FactoryProvider, Logger, type Provider } from '@nestjs/common';
import { ModuleRef, ModulesContainer } from '@nestjs/core';
import { InFlight } from '../deliver/call/in-flight.js';
import { Limiters } from '../deliver/limits/limiters.js';
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
import { makeMailers, makeResolution, makeTransport, sharedLimiters } from './mailers.js';
import { getMailerToken } from '../mail.mailers.js';
import { makeQueueing } from './queueing.js';
import type { MailEnvironment, MailModuleOptions, ResolvedMailer, Surroundings } from '../options/options.js';
import { ownRenderer, templateSources } from './renderer.js';
import { resolveMailOptions } from '../options/resolve.js';
import type { ResolvedMailOptions } from '../options/resolved.js';
import { MailQueueService } from '../mail.queue.service.js';
import { type Mailroom, MailService, sourceOf, unknownMailer } from '../mail.service.js';
import { DEFAULT_MAILER, getTransportToken, MAIL_TRANSPORT, MAILROOM } from '../mail.tokens.js';
import { MAIL_OBSERVER, type MailObserver, faultInjecting, observed } from '../mail.observer.js';
import { HandlebarsRenderer } from '../render/handlebars-renderer.js';
import type { Renderer } from '../render/renderer.js';
import type { TemplateRoot } from '../render/files/template-file.js';
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

function mailroomProvider(named: readonly string[]): FactoryProvider<Mailroom> {
  const tokens = [DEFAULT_MAILER, ...named].map(getTransportToken);
  return {
    provide: MAILROOM,
    inject: [
      RESOLVED,
      RENDERER,
      ModulesContainer,
      ModuleRef,
      RESOLVE,
      { token: MAIL_OBSERVER, optional: true },
      ...tokens,
    ],
    useFactory: (
      options: ResolvedMailOptions,
      renderer: Renderer,
      container: ModulesContainer,
      moduleRef: ModuleRef,
      resolveOwn: ResolveClass,
      observer: MailObserver | undefined,
      inherited: Transport,
      ...transports: Transport[]
    ) =>
      makeMailroom(
        { options, renderer, container, moduleRef, resolveOwn, observer },
        inherited,
        new Map(named.map((name, index) => [name, transports[index]])),
      ),
  };
}

interface MailroomParts {
  readonly options: ResolvedMailOptions;
  readonly renderer: Renderer;
  readonly container: ModulesContainer;
  readonly moduleRef: ModuleRef;
  readonly resolveOwn: ResolveClass;
  readonly observer: MailObserver | undefined;
}

/** @param provided transports of mailers that have tokens */
async function makeMailroom(
  { options, renderer, container, moduleRef, resolveOwn, observer }: MailroomParts,
  inherited: Transport,
  provided: ReadonlyMap<string, Transport | undefined>,
): Promise<Mailroom> {
  const injecting = faultInjecting(observer);
  const ownOf = async (mailer: ResolvedMailer): Promise<Transport> =>
    mailer.transport && mailer.name !== DEFAULT_MAILER ? makeTransport(mailer, resolveOwn) : inherited;
  const transportOf = async (mailer: ResolvedMailer): Promise<Transport> =>
    injecting(provided.get(mailer.name) ?? (await ownOf(mailer)));
  const shared = { inFlight: new InFlight(), ...tellers(container, observer) };
  const limiters = makeLimiters(shared.log);
  const limiterOf = sharedLimiters(limiters);
  const mailers = await makeMailers(options, transportOf, limiterOf);
  const making = { inherited: injecting(inherited), injecting, limiters, limiterOf, resolveOwn, ...shared };
  const resolution = await makeResolution(options, making);
  const waiting = { ...shared, mailers, limiters, resolution, now, find: providedBy(moduleRef) };
  return {
    ...shared,
    mailers: new Map(mailers.map((mailer) => [mailer.name, mailer])),
    resolution,
    renderer,
    interceptors: await Promise.all(options.interceptors.map((type) => resolveOwn(type))),
    queueing: makeQueueing(options.queue, waiting),
    observer,
    context: { now, randomId: randomUUID },
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

function serviceProvider(name: string): FactoryProvider<MailService | undefined> {
  return {
    provide: getMailerToken(name),
    inject: [MAILROOM, ModulesContainer],
    useFactory: (room: Mailroom, container: ModulesContainer) => {
      const mailer = room.mailers.get(name);
      if (mailer) return new MailService(room, sourceOf(mailer));
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
