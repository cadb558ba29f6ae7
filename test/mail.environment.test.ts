import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Global, Inject, Injectable, Module } from '@nestjs/common';
import { ConfigModule, type ConfigModuleOptions, ConfigService, registerAs } from '@nestjs/config';
import { mailConfig, MailError, MailModule, MailOutbox, MailService } from 'nest-mailroom';
import { afterCleanup, boot, cleanup, setEnv } from './support/application.js';

afterEach(cleanup);

const mail = { to: 'ada@example.test', subject: 'Hello', text: 'Hello Ada' };

/** Some other module that is configured by the application: what it sees, ours has to see. */
@Module({})
class OtherModule {
  static forRootAsync(options: {
    readonly imports?: DynamicModule['imports'];
    readonly inject: never[] | Array<typeof ConfigService>;
    readonly useFactory: (config: ConfigService) => unknown;
  }): DynamicModule {
    const { imports = [], inject, useFactory } = options;
    return { module: OtherModule, imports, providers: [{ provide: 'SEEN', inject, useFactory }] };
  }
}

function application(options: ConfigModuleOptions): NonNullable<DynamicModule['imports']>[number] {
  // What `validate` gives is put into the process's environment, too.
  const before = { ...process.env };
  afterCleanup(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  });
  return ConfigModule.forRoot({ ignoreEnvFile: true, ...options });
}

async function later<T>(value: T): Promise<T> {
  await sleep(5);
  return value;
}

const SENDER = 'seen@example.test';
type Case = readonly [what: string, options: () => ConfigModuleOptions, key: string];

const SEEN: readonly Case[] = [
  ['load', () => ({ load: [() => ({ SENDER })] }), 'SENDER'],
  ['an async load', () => ({ load: [async () => later({ SENDER })] }), 'SENDER'],
  ['registerAs', () => ({ load: [registerAs('shop', () => ({ SENDER }))] }), 'shop.SENDER'],
  [
    'an async registerAs',
    () => ({ load: [registerAs('shop', async () => later({ SENDER }))] }),
    'shop.SENDER',
  ],
  [
    'several, one of them async',
    () => ({ load: [() => ({ a: 1 }), async () => later({ SENDER })] }),
    'SENDER',
  ],
  ['validate', () => ({ validate: (env) => ({ ...env, SENDER }) }), 'SENDER'],
  [
    'validate that changes a value',
    () => ({ validate: (env) => ({ ...env, USUAL_SENDER: SENDER }) }),
    'USUAL_SENDER',
  ],
  ['its cache', () => ({ cache: true, load: [async () => later({ SENDER })] }), 'SENDER'],
];

const ORDERS = [
  ['before', (a: unknown, b: unknown) => [a, b]],
  ['after', (a: unknown, b: unknown) => [b, a]],
] as const;

describe.each(SEEN)('forRootAsync({ inject: [ConfigService] }) sees %s', (_what, options, key) => {
  const read = (config: ConfigService): string | undefined => config.get<string>(key);
  const useFactory = (config: ConfigService) => ({ from: read(config) });

  it.each(ORDERS)('of a global ConfigModule %s it', async (_order, arrange) => {
    setEnv({ USUAL_SENDER: 'usual@example.test' });
    const root = MailModule.forRootAsync({ inject: [ConfigService], useFactory });
    const other = OtherModule.forRootAsync({ inject: [ConfigService], useFactory: read });
    const ours = arrange(application({ isGlobal: true, ...options() }), root);
    const app = await boot([...(ours as DynamicModule[]), other]);
    expect(app.get('SEEN', { strict: false })).toBe(SENDER);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe(SENDER);
  });

  it('of a ConfigModule that it imports', async () => {
    setEnv({ USUAL_SENDER: 'usual@example.test' });
    const imports = [application(options())];
    const other = OtherModule.forRootAsync({ imports, inject: [ConfigService], useFactory: read });
    const root = MailModule.forRootAsync({ imports, inject: [ConfigService], useFactory });
    const app = await boot([root, other]);
    expect(app.get('SEEN', { strict: false })).toBe(SENDER);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe(SENDER);
  });
});
