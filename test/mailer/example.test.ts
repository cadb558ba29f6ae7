import { MailerService } from '@nestjs-modules/mailer';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { afterCleanup, cleanup, setEnv } from '../support/application.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { startSmtpServer } from '../support/smtp-server.js';

afterEach(async () => {
  await cleanup();
  await expectNoOpenSockets();
});

it('the signup example sends through MailerService when MAILER_URL is set', async () => {
  const relay = await startSmtpServer();
  afterCleanup(() => relay.close());
  setEnv({ MAILER_URL: `smtp://127.0.0.1:${relay.port}?ignoreTLS=true`, MAIL_VERIFY: 'off' });
  // Its modules look at the environment when they are loaded.
  const { AppModule } = await import('../../examples/signup/src/app.module.js');
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile();
  const app = module.createNestApplication({ logger: false });
  afterCleanup(() => app.close());
  await app.listen(0, '127.0.0.1');

  const ada = { email: 'ada@example.test', name: 'Ada Lovelace' };
  // Its connection is free again from then on: the server has the mail a moment earlier.
  const sent = new Promise((resolve) => app.get(EventEmitter2).once('mail.sent', resolve));
  await request(app.getHttpServer()).post('/signup').send(ada).expect(201);
  await sent;
  expect(relay.mails[0]?.to).toEqual([ada.email]);
  expect(relay.mails[0]?.bytes.toString()).toContain('Welcome, Ada Lovelace!');

  // On the connection that MailerService uses for its own.
  await app
    .get(MailerService, { strict: false })
    .sendMail({ from: ada.email, to: ada.email, text: 'theirs' });
  expect(relay.mails).toHaveLength(2);
  expect(relay.connections.total).toBe(1);
});
