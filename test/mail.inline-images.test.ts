import { Injectable } from '@nestjs/common';
import {
  type MailInterceptor,
  MailModule,
  MailOutbox,
  MailService,
  type RenderedMessage,
} from 'nest-mailroom';
import { boot, cleanup, folder } from './support/application.js';

afterEach(cleanup);

const from = 'app@example.test';
const to = 'ada@example.test';
const HTML = '<img src="cid:logo" alt="">';
const LOGO = { filename: 'logo.png', content: Buffer.from('PNG'), cid: 'logo' };
const REFUSED = {
  code: 'message-invalid',
  outcome: 'not-sent',
  message: expect.stringContaining('got none for "cid:logo"') as unknown,
};

@Injectable()
class Attach implements MailInterceptor {
  intercept(message: RenderedMessage): RenderedMessage {
    const logo = { content: Buffer.from('PNG'), contentType: 'image/png', cid: 'logo', headers: {} };
    return { ...message, attachments: [...message.attachments, { ...logo, disposition: 'inline' }] };
  }
}

@Injectable()
class Strip implements MailInterceptor {
  intercept(message: RenderedMessage): RenderedMessage {
    return { ...message, attachments: [] };
  }
}

async function mailroom(
  interceptors: NonNullable<Parameters<typeof MailModule.forRoot>[0]>['interceptors'] = [],
): Promise<{ mail: MailService; outbox: MailOutbox }> {
  const dir = await folder({
    'page.hbs': `---\nsubject: Hi\n---\n<style>p { background: url("cid:logo") }</style><p>Hi</p>`,
  });
  const app = await boot([MailModule.forRoot({ from, templates: { dir }, interceptors })]);
  return { mail: app.get(MailService), outbox: app.get(MailOutbox) };
}

describe('an inline image without its attachment', () => {
  test.each([
    ['literal html', { subject: 'Hi', html: HTML }],
    ['a template', { template: 'page', context: {} }],
  ])('is refused in %s, sent or queued', async (_what, body) => {
    const { mail, outbox } = await mailroom();
    await expect(mail.send({ to, ...body })).rejects.toMatchObject(REFUSED);
    await expect(mail.queue({ to, ...body })).rejects.toMatchObject(REFUSED);
    expect(outbox.messages).toEqual([]);
    await mail.send({ to, ...body, attachments: [LOGO] });
    expect(outbox.messages).toHaveLength(1);
  });

  test('is judged after the interceptors', async () => {
    const attaching = await mailroom([Attach]);
    await attaching.mail.send({ to, subject: 'Hi', html: HTML });
    expect(attaching.outbox.messages).toHaveLength(1);
    const stripping = await mailroom([Strip]);
    const sending = stripping.mail.send({ to, subject: 'Hi', html: HTML, attachments: [LOGO] });
    await expect(sending).rejects.toMatchObject(REFUSED);
  });

  test('is no matter of a mail that is only rendered', async () => {
    const { mail } = await mailroom();
    await expect(mail.render({ to, subject: 'Hi', html: HTML })).resolves.toMatchObject({ html: HTML });
  });
});
