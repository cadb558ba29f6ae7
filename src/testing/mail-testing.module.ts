import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { ENVIRONMENT, mailEnvironment } from '../options/config.js';
import { MailModule } from '../mail.module.js';
import type { MailEnvironment, MailModuleOptions, QueueModuleOptions } from '../options/options.js';
import { OPTIONS, RESOLVED, resolveProvided } from '../module/providers.js';
import { ConfigReport } from '../errors/config-report.js';
import { MailOutbox } from '../transport/memory/outbox.js';

/** What `Test.createTestingModule()` returns, as far as it is needed here. */
export interface TestingBuilder {
  overrideProvider(token: symbol): {
    useFactory(options: { factory: typeof resolveCaptured; inject: unknown[] }): unknown;
  };
}

const SENDER = 'Test <test@example.test>';

/**
 * Mail for tests: everything is composed and rendered as ever, and captured in `MailOutbox` instead of sent. What
 * is queued waits in memory and is delivered at once; `MailQueueService` pauses that, and drains it.
 */
@Module({})
export class MailTestingModule {
  /**
   * Stands in for `MailModule.forRoot()` where a test imports parts of an application. The `MAIL_*` environment
   * plays no part, nor does NODE_ENV; mails that name no sender are from `test@example.test`.
   * @param options those of the application; where to send and where to queue are left out of account
   */
  static forRoot(options: MailModuleOptions = {}): DynamicModule {
    const mail = MailModule.forRoot({ ...captured(options), from: options.from ?? SENDER });
    return { ...mail, providers: [...(mail.providers ?? []), noEnvironment] };
  }

  /**
   * Captures the mail of a whole application, whatever transports and queue it is configured with; none of them
   * is made. Needed where it names a transport in its options: without one, NODE_ENV=test captures by itself.
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

/** Before what the module imports. */
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

/** A queue that is turned off stays so. */
function inMemory({
  driver,
  path: _path,
  url: _url,
  deliver: _deliver,
  ...queue
}: QueueModuleOptions): QueueModuleOptions {
  return driver === 'off' ? { ...queue, driver } : queue;
}
