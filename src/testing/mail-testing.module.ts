import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ENVIRONMENT, mailEnvironment } from '../options/config.js';
import { MailModule } from '../mail.module.js';
import type { MailEnvironment, MailModuleOptions, QueueModuleOptions } from '../options/options.js';
import { OPTIONS, RESOLVED, resolveProvided } from '../module/providers.js';
import { ConfigReport } from '../errors/config-report.js';
import { MailOutbox } from '../transport/memory/outbox.js';

/** The part of `Test.createTestingModule()` that the module uses. */
export interface TestingBuilder {
  overrideProvider(token: symbol): {
    useFactory(options: { factory: typeof resolveCaptured; inject: unknown[] }): unknown;
  };
}

const SENDER = 'Test <test@example.test>';

/**
 * Mail for tests: mails are composed and rendered as usual, and captured in `MailOutbox` instead of sent. Queued
 * mails wait in memory and are delivered at once; `MailQueueService` pauses and drains the queue.
 */
@Module({})
export class MailTestingModule {
  /**
   * Replaces `MailModule.forRoot()` where a test imports parts of an application. Ignores the `MAIL_*` environment and
   * NODE_ENV; mails without a sender are from `test@example.test`.
   * @param options those of the application; its transport and the place of its queue are ignored
   */
  static forRoot(options: MailModuleOptions = {}): DynamicModule {
    const mail = MailModule.forRoot({ ...captured(options), from: options.from ?? SENDER });
    return { ...mail, providers: [...(mail.providers ?? []), noEnvironment] };
  }

  /**
   * Captures the mail of a whole application, whatever transports and queue it configures; none of them is created.
   * Needed for an application with a transport in its options: without one, NODE_ENV=test captures by itself.
   * @param builder of `Test.createTestingModule({ imports: [AppModule] })`
   * @returns the same builder
   */
  static capture<B extends TestingBuilder>(builder: B): B {
    builder.overrideProvider(RESOLVED).useFactory({
      factory: resolveCaptured,
      inject: [OPTIONS, ENVIRONMENT, MailOutbox, ModulesContainer],
    });
    return builder;
  }
}

/** Takes precedence over the provider of the imported module. */
const noEnvironment: Provider = {
  provide: ENVIRONMENT,
  useFactory: (): MailEnvironment => ({
    ...inTest(mailEnvironment()),
    options: {},
    unknown: [],
    report: new ConfigReport(),
  }),
};

function resolveCaptured(
  options: MailModuleOptions,
  environment: MailEnvironment,
  outbox: MailOutbox,
  container: ModulesContainer,
): ReturnType<typeof resolveProvided> {
  return resolveProvided(captured(options), inTest(environment), outbox, container);
}

function inTest(environment: MailEnvironment): MailEnvironment {
  return {
    ...environment,
    options: captured(environment.options),
    surroundings: { ...environment.surroundings, nodeEnv: 'test' },
  };
}

function captured({ queue, ...options }: MailModuleOptions): MailModuleOptions {
  return { ...options, suppressSend: true, ...(queue && { queue: inMemory(queue) }) };
}

/** Keeps a queue that is turned off. */
function inMemory({
  driver,
  path: _path,
  url: _url,
  deliver: _deliver,
  ...queue
}: QueueModuleOptions): QueueModuleOptions {
  return driver === 'off' ? { ...queue, driver } : queue;
}
