import { Controller, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import {
  InjectMailer,
  MailModule,
  type MailModuleOptions,
  MailOutbox,
  MailQueueService,
  MailService,
} from 'nest-mailroom';
import { mailMatchers, MailTestingModule, TestSmtpServer } from 'nest-mailroom/testing';
import { afterCleanup, boot, cleanup, folder, setEnv } from '../support/application.js';

expect.extend(mailMatchers);
afterEach(cleanup);

@Injectable()
class Signup {
  constructor(
    private readonly mail: MailService,
    @InjectMailer('marketing') private readonly marketing: MailService,
  ) {}

  async register(to: string): Promise<void> {
    await this.mail.send({ to, template: 'welcome', context: { name: 'Ada' } });
    await this.marketing.queue({ to, subject: 'Tips', text: 'x' });
  }
}

const TEMPLATES = { 'welcome.hbs': '---\nsubject: Welcome, {{name}}!\n---\n<h1>Hello {{name}}</h1>' };

test('stands in for the module in a test of a part, its templates really rendered', async () => {
  const templates = { dir: await folder(TEMPLATES) };
  const app = await boot([MailTestingModule.forRoot({ templates, mailers: { marketing: {} } })], [Signup]);
  const outbox = app.get(MailOutbox);
  await app.get(Signup).register('ada@example.test');
  await app.get(MailQueueService).drain();
  expect(outbox).toHaveSentMail({
    to: 'ada@example.test',
    from: 'test@example.test',
    template: 'welcome',
    subject: 'Welcome, Ada!',
    html: '<h1>Hello Ada</h1>',
  });
  expect(outbox).toHaveQueuedMail({ subject: 'Tips', mailer: 'marketing' });
  expect(outbox).toHaveSentMailTimes(2);
});

test('ignores the environment', async () => {
  setEnv({
    NODE_ENV: 'production',
    MAIL_URL: 'smtp://mail.example.test',
    MAIL_PORT: 'nonsense',
    MAIL_REDIRECT_TO: 'qa@example.test',
    MAIL_QUEUE: 'bullmq',
  });
  const app = await boot([MailTestingModule.forRoot()]);
  await app.get(MailService).send({ to: 'ada@example.test', subject: 'x', text: 'x' });
  expect(app.get(MailOutbox)).toHaveSentMail({ to: 'ada@example.test' });
});

test('the sender of the options is kept, and a queue that is off stays off', async () => {
  const app = await boot([
    MailTestingModule.forRoot({ from: 'shop@example.test', queue: { driver: 'off' } }),
  ]);
  const mail = { to: 'ada@example.test', subject: 'x', text: 'x' };
  await app.get(MailService).send(mail);
  expect(app.get(MailOutbox)).toHaveSentMail({ from: 'shop@example.test' });
  await expect(app.get(MailService).queue(mail)).rejects.toMatchObject({ code: 'config' });
});

describe('capture', () => {
  const application = async (options: MailModuleOptions) => {
    @Controller()
    class Nothing {}

    @Module({
      imports: [
        MailModule.forRootAsync({
          mailers: ['marketing'],
          useFactory: () => ({ templates: { dirs: [] }, from: 'app@example.test', ...options }),
        }),
      ],
      providers: [Signup],
      controllers: [Nothing],
    })
    class AppModule {}

    const builder = MailTestingModule.capture(Test.createTestingModule({ imports: [AppModule] }));
    const app = await builder.compile();
    app.useLogger(false);
    afterCleanup(() => app.close());
    return app.init();
  };

  test('takes the place of every transport and of the queue of an application', async () => {
    const server = await TestSmtpServer.start();
    afterCleanup(() => server.close());
    setEnv({ NODE_ENV: 'production', MAIL_QUEUE: 'spool', MAIL_SPOOL_PATH: '/nonexistent/spool.db' });
    const app = await application({
      transport: server.url,
      mailers: { marketing: { transport: server.url } },
      templates: { dir: await folder(TEMPLATES) },
      queue: { driver: 'spool', path: '/nonexistent/other.db', deliver: false },
      verify: 'boot',
    });
    await app.get(Signup).register('ada@example.test');
    await app.get(MailOutbox).waitFor({ mailer: 'marketing' }, { timeout: 20_000 });
    expect(app.get(MailOutbox)).toHaveSentMailsInOrder([{ template: 'welcome' }, { subject: 'Tips' }]);
    expect(server.connections).toBe(0);
  });

  test('wrong options still fail the boot', async () => {
    await expect(application({ timeout: -1 })).rejects.toMatchObject({ code: 'config' });
  });
});
