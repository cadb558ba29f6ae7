import { once } from 'node:events';
import { join } from 'node:path';

import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { MailModule, MailService } from 'nest-mailroom';

import { afterCleanup, boot, cleanup, folder, setEnv } from '../support/application.js';
import { startSmtpServer } from '../support/smtp-server.js';

afterEach(cleanup);

const HEAD = '---\nsubject: Welcome\n';

describe('an application whose template', () => {
  test.each([
    ['has a syntax error', { 'welcome.hbs': `${HEAD}---\n<p>{{#if user}}</p>` }, 4, 'if'],
    ['calls a partial there is none of', { 'welcome.hbs': `${HEAD}---\n\n  {{> buton}}` }, 5, '"buton"'],
    ['calls a helper there is none of', { 'welcome.hbs': `${HEAD}---\n{{shout user.name}}` }, 4, '"shout"'],
    ['names a layout there is none of', { 'welcome.hbs': `${HEAD}layout: defalt\n---\nHi` }, 3, '"defalt"'],
  ])('%s does not boot, and is told file, line and column', async (_what, files, line, culprit) => {
    const dir = await folder(files);
    setEnv({ MAIL_TEMPLATES_DIR: dir, MAIL_FROM: 'app@example.test' });
    const booting = boot([MailModule.forRoot()]);

    const at = { file: join(dir, 'welcome.hbs'), line, column: expect.any(Number) };
    await expect(booting).rejects.toMatchObject({ code: 'template-invalid', scope: 'config', at });
    await expect(booting).rejects.toThrow(new RegExp(`welcome\\.hbs:${line}:\\d+: .*${culprit}`));
  });
});

test('a variable missing at send is context-invalid with template, line and path; nothing is sent', async () => {
  const { port, mails, connections, close } = await startSmtpServer();
  afterCleanup(close);
  setEnv({
    MAIL_TEMPLATES_DIR: await folder({ 'welcome.hbs': `${HEAD}---\n<p>\n  {{user.name}}\n</p>` }),
    MAIL_FROM: 'app@example.test',
    MAIL_URL: `smtp://127.0.0.1:${port}`,
    MAIL_VERIFY: 'off',
  });
  const app = await boot([EventEmitterModule.forRoot(), MailModule.forRoot()]);
  const failed = once(app.get(EventEmitter2), 'mail.failed');
  const sending = app
    .get(MailService)
    .send({ to: 'ada@example.test', template: 'welcome', context: { user: { nmae: 'Ada' } } });

  const error = { code: 'context-invalid', at: { template: 'welcome', line: 5, path: 'user.name' } };
  await expect(sending).rejects.toMatchObject({ ...error, outcome: 'not-sent', retryable: false });
  expect(await failed).toMatchObject([{ template: 'welcome', error }]);
  expect(mails).toEqual([]);
  expect(connections.total).toBe(0);
});
