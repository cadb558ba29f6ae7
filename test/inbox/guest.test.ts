import {
  type ArgumentsHost,
  BadRequestException,
  type CallHandler,
  type CanActivate,
  Catch,
  ClassSerializerInterceptor,
  Controller,
  type ExceptionFilter,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Module,
  type NestInterceptor,
  Scope,
  UnauthorizedException,
  VersioningType,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, NestFactory, Reflector } from '@nestjs/core';
import fastifyCompress from '@fastify/compress';
import fastifyHelmet from '@fastify/helmet';
import compression from 'compression';
import helmet from 'helmet';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MailModule } from 'nest-mailroom';
import { isMailInbox, MailInboxModule } from 'nest-mailroom/inbox';
import { EMPTY, map, of, throwError, timeout, type Observable } from 'rxjs';
import type { MessagePage } from '../../src/inbox/api/messages.js';
import { PageFiles } from '../../src/inbox/page/page-files.js';
import { afterCleanup, cleanup, folder } from '../support/application.js';
import { EventStream } from './support/event-stream.js';
import {
  type InboxApplication,
  type InboxSettings,
  PLATFORMS,
  startInbox,
} from './support/inbox-application.js';

afterEach(cleanup);

type Provider = NonNullable<InboxSettings['providers']>[number];
const globally = (intercept: NestInterceptor['intercept']): Provider => ({
  provide: APP_INTERCEPTOR,
  useValue: { intercept },
});

@Catch()
class AnswersAll implements ExceptionFilter {
  catch(_error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<{ status(code: number): { send(body: object): void } }>();
    reply.status(418).send({ data: null });
  }
}

/** Global enhancers with which applications change all of their answers. */
const ENHANCERS: ReadonlyArray<readonly [string, InboxSettings]> = [
  [
    'an interceptor that wraps',
    { providers: [globally((_, next) => next.handle().pipe(map((data: unknown) => ({ data }))))] },
  ],
  ['an interceptor that answers from a cache', { providers: [globally(() => of('cached'))] }],
  ['an interceptor that emits nothing', { providers: [globally(() => EMPTY)] }],
  ['an interceptor that fails', { providers: [globally(() => throwError(() => new Error('no')))] }],
  [
    'an interceptor that throws',
    {
      providers: [
        globally(() => {
          throw new Error('no');
        }),
      ],
    },
  ],
  [
    'an interceptor with a time limit',
    { providers: [globally((_, next) => next.handle().pipe(timeout(1)))] },
  ],
  [
    'an interceptor that sets headers',
    {
      providers: [
        globally((context: ExecutionContext, next: CallHandler) => {
          context
            .switchToHttp()
            .getResponse<{ header(name: string, value: string): void }>()
            .header('content-type', 'text/plain');
          return next.handle();
        }),
      ],
    },
  ],
  [
    'a serializer that omits all fields',
    { providers: [{ provide: APP_INTERCEPTOR, useFactory: serializer }] },
  ],
  ['a filter for everything', { providers: [{ provide: APP_FILTER, useClass: AnswersAll }] }],
  ['a pipe that refuses everything', { configure: (app) => void app.useGlobalPipes({ transform: refuse }) }],
  [
    'all of it by useGlobal…',
    {
      configure: (app) => {
        app.useGlobalInterceptors({
          intercept: (_: ExecutionContext, next: CallHandler): Observable<unknown> =>
            next.handle().pipe(map((data: unknown) => ({ data }))),
        });
        app.useGlobalFilters(new AnswersAll());
      },
    },
  ],
];

function serializer(): ClassSerializerInterceptor {
  const nothing = (): object => ({});
  const transformerPackage = {
    plainToClass: refuse,
    plainToInstance: refuse,
    classToPlain: nothing,
    instanceToPlain: nothing,
  };
  return new ClassSerializerInterceptor(new Reflector(), { transformerPackage });
}

function refuse(): never {
  throw new BadRequestException();
}

const MAIL = {
  to: 'ada@example.test',
  subject: 'x',
  html: '<p>x</p>',
  attachments: [{ filename: 'a.txt', content: 'abc' }],
};

/** Answers of every kind, with their status and type. */
async function answersOf(inbox: InboxApplication): Promise<readonly unknown[]> {
  await inbox.mail.send(MAIL);
  const stream = await EventStream.open(`${inbox.origin}/mail/api/events`);
  const first = (await stream.next())?.type;
  const { messages } = await inbox.read<MessagePage>('api/messages');
  const id = messages[0]?.id ?? '';
  const answers: unknown[] = [first, messages.length];
  for (const path of [
    '',
    'queue',
    'assets/inbox.1a.js',
    `api/messages/${id}.html`,
    `api/messages/${id}/files/0`,
    'api/latest.html',
    'api/chaos',
    'api/messages/none',
    'api/messages?limit=x',
    'api/templates/none',
    'api/wait?timeout=30&subject=never',
  ]) {
    const response = await inbox.ask(path);
    const body = (await response.text()).replaceAll(/nonce="[^"]*"/g, '');
    answers.push([path.replace(id, 'id'), response.status, response.headers.get('content-type'), body]);
  }
  for (const [method, path, sent] of [
    ['PATCH', `api/messages/${id}`, { unread: false }],
    ['PATCH', `api/messages/${id}`, {}],
    ['POST', 'api/chaos', { to: 'x@x.test', fault: '451' }],
    ['DELETE', 'api/chaos', undefined],
    ['DELETE', 'api/messages', undefined],
  ] as const) {
    const response = await inbox.write(method, path, sent);
    const body = (await response.text()).replaceAll(/"(?:id|at|queueId)":"[^"]*"/g, '');
    answers.push([method, path.replace(id, 'id'), response.status, body]);
  }
  await stream.close();
  return answers;
}

const INDEX = '<base href="{{base}}"><script nonce="{{nonce}}" src="assets/inbox.1a.js"></script>';

describe.each(PLATFORMS)('in an application on %s', (platform, adapter) => {
  async function start(settings: InboxSettings): Promise<InboxApplication> {
    const files = new PageFiles(await folder({ 'index.html': INDEX, 'inbox.1a.js': 'run()' }));
    return startInbox({
      ...settings,
      adapter: adapter(),
      customize: (builder) => builder.overrideProvider(PageFiles).useValue(files),
    });
  }

  let alone: readonly unknown[];
  beforeAll(async () => {
    alone = await answersOf(await start({}));
    await cleanup();
  });

  test('without enhancers, every kind of answer arrives', () => {
    expect(alone[0]).toBe('ping');
    expect(JSON.stringify(alone)).toContain('run()');
    expect(
      alone
        .map((answer) => (Array.isArray(answer) ? (answer as unknown[]).find(Number.isInteger) : answer))
        .slice(2),
    ).toEqual([200, 200, 200, 200, 200, 200, 200, 404, 400, 404, 408, 200, 400, 201, 204, 204]);
  });

  test.each(ENHANCERS)('with %s, the answers of the inbox stay the same', async (_what, settings) => {
    expect(await answersOf(await start(settings))).toEqual(alone);
  });

  test('with helmet, compression and CORS, the page and its files stay the same', async () => {
    const isExpress = platform === 'Express';
    const inbox = await start({
      configure: (app) => {
        app.enableCors({ origin: true, credentials: true });
        if (isExpress) protectExpress(app as NestExpressApplication);
        else protectFastify(app as NestFastifyApplication);
      },
    });
    expect(await answersOf(inbox)).toEqual(alone);
    const page = await inbox.ask('');
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'nonce-/);
    await inbox.mail.send(MAIL);
    const { headers } = await inbox.ask('api/latest.html');
    expect(headers.get('content-security-policy')).toMatch(/^sandbox;/);
    expect([headers.get('cross-origin-opener-policy'), headers.get('x-frame-options')]).toEqual([null, null]);
  });

  test.each<[string, Provider]>([
    ['that returns false', { provide: APP_GUARD, useValue: { canActivate: () => false } }],
    [
      'that throws',
      {
        provide: APP_GUARD,
        useValue: {
          canActivate: () => {
            throw new UnauthorizedException('No token');
          },
        },
      },
    ],
    [
      'with request scope',
      { provide: APP_GUARD, scope: Scope.REQUEST, useFactory: () => ({ canActivate: () => false }) },
    ],
    [
      'with transient scope',
      {
        provide: APP_GUARD,
        scope: Scope.TRANSIENT,
        useFactory: () => ({ canActivate: () => Promise.resolve(false) }),
      },
    ],
  ])('a global guard %s refuses requests, and the answer says how to admit them', async (_what, guard) => {
    const inbox = await start({ providers: [guard, { provide: APP_FILTER, useClass: AnswersAll }] });
    for (const path of ['', 'api/messages', 'assets/inbox.1a.js']) {
      const answer = await inbox.ask(path);
      expect([401, 403]).toContain(answer.status);
      const { message } = (await answer.json()) as { message: string };
      expect(message).toContain("import { isMailInbox } from 'nest-mailroom/inbox'");
    }
  });

  test('a global guard with isMailInbox admits requests to the inbox and no others', async () => {
    @Injectable({ scope: Scope.REQUEST })
    class SignedIn implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        return isMailInbox(context);
      }
    }
    @Injectable()
    class SignedInToo extends SignedIn {}
    const providers = [SignedIn, SignedInToo].map((useClass) => ({ provide: APP_GUARD, useClass }));
    const inbox = await start({ providers, imports: [OwnModule] });
    expect((await inbox.ask('api/messages')).status).toBe(200);
    expect((await fetch(`${inbox.origin}/own`)).status).toBe(403);
  });

  test('the Swagger document does not list the inbox', async () => {
    const { app } = await start({ imports: [OwnModule] });
    const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    expect(Object.keys(document.paths)).toEqual(['/own']);
  });

  test('the boot log has one line about the inbox', async () => {
    const lines: string[] = [];
    const log = (message: unknown): void => void lines.push(String(message));
    const logger = { log, warn: log, error: log, debug: log, verbose: log };
    const app = await NestFactory.create(LoggedModule, adapter(), { logger });
    afterCleanup(() => app.close());
    await app.listen(0, '127.0.0.1');
    expect(lines.some((line) => line.includes('Mapped {/own, GET}'))).toBe(true);
    expect(
      lines
        .filter((line) => /mail\b|inbox/i.test(line) && !/dependencies initialized/.test(line))
        .filter((line) => line.includes('/mail')),
    ).toEqual([expect.stringMatching(/^The inbox is at http:\/\/localhost:\d+\/mail$/)]);
    expect(lines.join('\n')).not.toMatch(/Controller \{\/mail|Mapped \{\/mail/);
  });

  test.each<[string, string, (app: INestApplication) => void]>([
    ['a global prefix', '/backend/mail', (app) => app.setGlobalPrefix('backend')],
    [
      'a prefix that excludes it',
      '/mail',
      (app) => app.setGlobalPrefix('backend', { exclude: ['mail', 'mail/{*rest}'] }),
    ],
    [
      'versions in the path',
      '/v/mail',
      (app) =>
        void app.setGlobalPrefix('v').enableVersioning({ type: VersioningType.URI, defaultVersion: '1' }),
    ],
    [
      'versions in a header',
      '/mail',
      (app) =>
        void app.enableVersioning({ type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' }),
    ],
  ])('with %s the inbox is at %s, with or without a trailing slash', async (_what, path, configure) => {
    const { origin } = await start({ configure });
    for (const each of [path, `${path}/`, `${path}/queue/`]) {
      expect([each, await (await fetch(`${origin}${each}`)).text()]).toEqual([
        each,
        expect.stringContaining(`<base href="${path}/">`),
      ]);
    }
    expect((await fetch(`${origin}${path}/api/messages`)).status).toBe(200);
  });
});

function protectExpress(app: NestExpressApplication): void {
  app.use(helmet(), compression({ threshold: 0 }));
}

function protectFastify(app: NestFastifyApplication): void {
  void app.register(fastifyHelmet);
  void app.register(fastifyCompress, { threshold: 0 });
}

@Controller('own')
class OwnController {
  @Get()
  own(): string {
    return 'x';
  }
}

@Module({ controllers: [OwnController] })
class OwnModule {}

@Module({
  imports: [OwnModule, MailModule.forRoot({ from: 'app@example.test' }), MailInboxModule.forRoot()],
})
class LoggedModule {}
