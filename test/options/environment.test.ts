import { setTimeout as sleep } from 'node:timers/promises';
import { type DynamicModule, Global, Inject, Injectable, Module } from '@nestjs/common';
import { ConfigModule, type ConfigModuleOptions, ConfigService, registerAs } from '@nestjs/config';
import { mailConfig, MailError, MailModule, MailOutbox, MailService } from 'nest-mailroom';
import { afterCleanup, boot, cleanup, setEnv } from '../support/application.js';

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
  // Nest also writes the result of `validate` into the process's environment.
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

describe('the MAIL_* variables', () => {
  const VALUES: readonly Case[] = [
    ['load', () => ({ load: [() => ({ MAIL_FROM: SENDER })] }), ''],
    ['an async load', () => ({ load: [async () => later({ MAIL_FROM: SENDER })] }), ''],
    ['validate', () => ({ validate: (env) => ({ ...env, MAIL_FROM: SENDER }) }), ''],
  ];

  it.each(VALUES.flatMap(([what, options]) => ORDERS.map((order) => [what, options, ...order] as const)))(
    'come from %s of a global ConfigModule %s%s',
    async (_what, options, _order, arrange) => {
      setEnv({ MAIL_FROM: 'usual@example.test' });
      const ours = arrange(application({ isGlobal: true, ...options() }), MailModule.forRoot());
      const app = await boot(ours as DynamicModule[]);
      await app.get(MailService).send(mail);
      expect(app.get(MailOutbox).last()?.from.address).toBe(SENDER);
      expect(app.get(ConfigService).get('nest-mailroom.from')).toBe(SENDER);
    },
  );

  it('come from the process where the ConfigModule is not global', async () => {
    setEnv({ MAIL_FROM: SENDER });
    const config = application({ load: [() => ({ MAIL_FROM: 'not@example.test' })] });
    const app = await boot([config, MailModule.forRoot()]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe(SENDER);
  });

  it('come through a global module that exports the ConfigModule', async () => {
    @Global()
    @Module({
      imports: [application({ load: [async () => later({ MAIL_FROM: SENDER })] })],
      exports: [ConfigModule],
    })
    class SharedModule {}
    const app = await boot([MailModule.forRoot(), SharedModule]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe(SENDER);
  });

  it('stay those of the process when a test puts something in the place of ConfigService', async () => {
    setEnv({ MAIL_FROM: SENDER });
    const app = await boot([application({ isGlobal: true }), MailModule.forRoot()], [], (builder) =>
      builder.overrideProvider(ConfigService).useValue({ get: () => 'anything', getOrThrow: () => 1 }),
    );
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe(SENDER);
  });

  const TYPED: ReadonlyArray<readonly [name: string, value: unknown, text: string]> = [
    ['MAIL_PORT', 2525, '2525'],
    ['MAIL_TIMEOUT', 15_000, '15000'],
    ['MAIL_POOL_SIZE', 3n, '3'],
    ['MAIL_SUPPRESS_SEND', true, 'true'],
    ['MAIL_USE_TLS', false, 'false'],
    ['MAIL_PASSWORD', 123_456, '123456'],
    ['MAIL_ALLOW_RECIPIENTS', ['qa@example.test', '*@example.test'], 'qa@example.test, *@example.test'],
    ['MAIL_URL', null, ''],
  ];

  it.each(TYPED)('%s is read as text from %p', async (name, value, text) => {
    const settings = {
      MAIL_HOST: '127.0.0.1',
      MAIL_USERNAME: 'app',
      MAIL_PASSWORD: 'secret',
      MAIL_VERIFY: 'off',
      MAIL_FROM: SENDER,
    };
    const config = application({ isGlobal: true, load: [() => ({ ...settings, [name]: value })] });
    const typed = await boot([config, MailModule.forRoot()]);
    setEnv({ ...settings, [name]: text });
    const plain = await boot([MailModule.forRoot()]);
    const [read, expected] = [typed, plain].map((app) => app.get(mailConfig.KEY, { strict: false }));
    expect(read).toEqual(expected);
  });

  it.each([
    ['MAIL_PORT', { port: 25 }, 'an object'],
    ['MAIL_FROM', ['a@example.test'], 'an array'],
    ['MAIL_PASSWORD', { secret: 'Geheim' }, 'something else (not shown)'],
  ])('%s refuses %j', async (name, value, found) => {
    const config = application({ isGlobal: true, load: [() => ({ [name]: value })] });
    const error: unknown = await boot([config, MailModule.forRoot()]).catch((reason: unknown) => reason);
    expect(MailError.is(error) && error.message).toContain(`, got ${found}`);
  });
});

describe("the application's own registerAs('mail')", () => {
  const shop = registerAs('mail', () => ({ from: 'shop@example.test', retries: 3 }));

  @Injectable()
  class Shop {
    constructor(@Inject(shop.KEY) readonly mail: ReturnType<typeof shop>) {}
  }

  it.each(ORDERS)('stays as it is, %s the module', async (_order, arrange) => {
    setEnv({ MAIL_FROM: SENDER });
    const config = application({ isGlobal: true, load: [shop] });
    const ours = arrange(config, MailModule.forRoot()) as DynamicModule[];
    const app = await boot(ours, [Shop]);
    const service = app.get(ConfigService);
    expect(service.get('mail')).toEqual({ from: 'shop@example.test', retries: 3 });
    expect(app.get(Shop).mail.retries).toBe(3);
    expect(service.get('nest-mailroom.from')).toBe(SENDER);
  });

  it('is no part of what this module registers beside it', async () => {
    setEnv({ MAIL_FROM: SENDER });
    const app = await boot([application({ load: [mailConfig] }), MailModule.forRoot()]);
    expect(app.get(ConfigService).get('mail')).toBeUndefined();
    expect(app.get(ConfigService).get('nest-mailroom')).toMatchObject({ from: SENDER });
    expect(app.get(ConfigService).get('nest-mailroom:environment')).toBeUndefined();
  });
});

describe('mailConfig.asProvider()', () => {
  it('leaves what validate made of a variable alone', async () => {
    setEnv({ MAIL_FROM: 'usual@example.test' });
    const config = application({ isGlobal: true, validate: (env) => ({ ...env, MAIL_FROM: SENDER }) });
    const app = await boot([config, MailModule.forRootAsync(mailConfig.asProvider())]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.from.address).toBe(SENDER);
  });
});
