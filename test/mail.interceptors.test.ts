import { Injectable, Module } from '@nestjs/common';
import {
  MailError,
  type MailInterceptor,
  MailModule,
  MailOutbox,
  MailService,
  type RenderedMessage,
} from 'nest-mailroom';
import { boot, cleanup, folder } from './support/application.js';

afterEach(cleanup);

const from = 'app@example.test';
const mail = { to: 'ada@example.test', subject: 'Hello', text: 'Hello' };

@Injectable()
class Suffix {
  readonly text = ' [staging]';
}

@Injectable()
class MarkSubject implements MailInterceptor {
  constructor(private readonly suffix: Suffix) {}
  intercept(message: RenderedMessage): RenderedMessage {
    return { ...message, subject: `${message.subject}${this.suffix.text}` };
  }
}

@Module({ providers: [Suffix, MarkSubject] })
class MarkModule {}

@Injectable()
class Shout implements MailInterceptor {
  intercept(message: RenderedMessage): Promise<RenderedMessage> {
    return Promise.resolve({ ...message, subject: message.subject.toUpperCase() });
  }
}

@Injectable()
class Veto implements MailInterceptor {
  intercept(): RenderedMessage {
    throw new MailError('suppressed', 'The user has unsubscribed.');
  }
}

@Injectable()
class Corrupt implements MailInterceptor {
  intercept(message: RenderedMessage): RenderedMessage {
    return { ...message, subject: 'x\r\nBcc: evil@example.test' };
  }
}

@Injectable()
class Broken implements MailInterceptor {
  intercept(): RenderedMessage {
    throw new TypeError('undefined is not a function');
  }
}

describe('interceptors', () => {
  it('run once each, in their order, made by the container with their dependencies', async () => {
    const root = MailModule.forRoot({ from, interceptors: [MarkSubject, Shout] });
    const app = await boot([root, MarkModule]);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).messages.map(({ subject }) => subject)).toEqual(['HELLO [STAGING]']);
  });

  it('see the rendered message', async () => {
    const dir = await folder({ 'welcome.hbs': '---\nsubject: Welcome, {{name}}\n---\nHi' });
    const app = await boot([MailModule.forRoot({ from, templates: { dir }, interceptors: [Shout] })]);
    await app.get(MailService).send({ to: mail.to, template: 'welcome', context: { name: 'Ada' } });
    expect(app.get(MailOutbox).last()?.subject).toBe('WELCOME, ADA');
  });

  it.each([
    [Veto, 'suppressed', /unsubscribed/],
    [Corrupt, 'message-invalid', /subject/],
    [Broken, 'message-invalid', /Broken failed: undefined is not a function/],
  ])('can stop a mail: %p', async (interceptor, code, message) => {
    const app = await boot([MailModule.forRoot({ from, interceptors: [interceptor, Shout] })]);
    await expect(app.get(MailService).send(mail)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(app.get(MailOutbox).messages).toEqual([]);
  });
});
