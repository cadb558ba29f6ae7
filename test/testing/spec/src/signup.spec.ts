import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MailModule, MailOutbox, MailService } from 'nest-mailroom';
import { mailMatchers, mailSnapshot, MailTestingModule } from 'nest-mailroom/testing';

// In Jest and in Vitest, once in a setup file; the types come along.
expect.extend(mailMatchers);

@Injectable()
class Signup {
  constructor(private readonly mail: MailService) {}

  async register(email: string, name: string): Promise<void> {
    const context = { user: { name }, link: 'https://shop.example.test/start' };
    await this.mail.queue({ to: email, template: 'welcome', context });
  }
}

test('a part of the application, with its templates', async () => {
  const app = await Test.createTestingModule({
    imports: [MailTestingModule.forRoot({ templates: { dir: 'src/templates' } })],
    providers: [Signup],
  }).compile();

  // Tests that run at the same time see only their own mails.
  const mails = await app.get(MailOutbox).record(() => app.get(Signup).register('ada@example.test', 'Ada'));
  expect(mails).toHaveQueuedMail({ to: 'ada@example.test', template: 'welcome' });

  const mail = await mails.waitFor({ to: 'ada@example.test' });
  expect(mails).toHaveSentMail({
    subject: 'Welcome, Ada!',
    html: /Good to have you/,
    attachments: [],
    times: 1,
  });
  expect(mails.links()).toEqual([{ url: 'https://shop.example.test/start', text: 'Get started' }]);
  expect(mailSnapshot(mail)).toContain('Subject: Welcome, Ada!');
  await app.close();
});

test('a whole application, whatever its transport', async () => {
  const imports = [MailModule.forRoot({ from: 'shop@example.test', transport: 'smtp://mail.example.test' })];
  const app = await MailTestingModule.capture(Test.createTestingModule({ imports })).compile();
  const outbox = app.get(MailOutbox);
  const mail = { to: 'ada@example.test', subject: 'Your code', text: 'Your code is 483201.' };

  outbox.failNext('450 4.2.1 mailbox busy');
  await expect(app.get(MailService).send(mail)).rejects.toMatchObject({ retryable: true });
  expect(outbox).toHaveSentNoMail();

  await app.get(MailService).send(mail);
  expect(outbox.codes()).toEqual(['483201']);
  await app.close();
});
