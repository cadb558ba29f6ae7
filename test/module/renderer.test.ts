import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, Module } from '@nestjs/common';
import { simpleParser } from 'mailparser';
import { MailModule, MailOutbox, MailService, type RenderedBody, type Renderer } from 'nest-mailroom';
import { AppModule } from '../../examples/renderer/tagged-templates.js';
import { OwnRenderer } from '../../src/render/own-renderer.js';
import { failure } from '../render/templates.js';
import { afterCleanup, boot, cleanup, folder, setEnv } from '../support/application.js';
import { documentText } from '../support/documents.js';
import { codeBlocks } from '../support/markdown.js';
import { startSmtpServer } from '../support/smtp-server.js';

const ROOT = join(__dirname, '..', '..');

afterEach(cleanup);

beforeEach(() => setEnv({ NODE_ENV: 'test', MAIL_FROM: 'shop@example.test' }));

const mail = {
  to: 'ada@example.test',
  template: 'welcome',
  context: { name: 'Ada & co', link: 'https://x.test' },
};

/** A renderer that gives what a test wants, and tells what is asked of it. */
function rendererOf(
  render: Renderer['render'],
  more: Partial<Renderer> = {},
): Renderer & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    load: async () => void calls.push('load'),
    render: (request) => {
      calls.push(`render ${request.template}`);
      return render(request);
    },
    names: () => ['welcome'],
    watch: () => void calls.push('watch'),
    close: async () => void calls.push('close'),
    ...more,
  };
}

const body: RenderedBody = { subject: 's', html: '<p>h</p>', text: 't' };

describe('the example', () => {
  test('is the one in its chapter', () => {
    const source = readFileSync(join(ROOT, 'examples/renderer/tagged-templates.ts'), 'utf8');
    const blocks = codeBlocks(documentText('docs/templates.md'));
    expect(blocks.map(({ code }) => code)).toContain(source);
  });

  test('sends the mails of its functions over SMTP', async () => {
    const server = await startSmtpServer();
    afterCleanup(() => server.close());
    setEnv({ MAIL_URL: `smtp://127.0.0.1:${server.port}?tls=off` });
    const app = await boot([AppModule]);
    await app.get(MailService).send(mail);
    const parsed = await simpleParser(server.mails[0]?.bytes ?? '');
    expect(parsed.subject).toBe('Welcome, Ada & co!');
    expect(parsed.html).toBe('<p>Hello Ada &#38; co, <a href="https://x.test">confirm</a>.</p>');
    expect(parsed.text?.trim()).toBe('Hello Ada & co, confirm: https://x.test');
  });

  test('refuses a mail that it cannot render', async () => {
    const app = await boot([AppModule]);
    const service = app.get(MailService);
    expect(await failure(service.send({ ...mail, template: 'nothing' }))).toMatchObject({
      code: 'template-not-found',
    });
    expect(await failure(service.send({ ...mail, context: {} }))).toMatchObject({
      code: 'context-invalid',
      at: { path: 'name' },
    });
    expect(app.get(MailOutbox).messages).toEqual([]);
  });
});

describe('a renderer of the application’s own', () => {
  @Injectable()
  class Names {
    readonly greeting = 'Good day';
  }

  @Injectable()
  class Greeter implements Renderer {
    static loads = 0;

    constructor(private readonly words: Names) {}

    async load(): Promise<void> {
      Greeter.loads += 1;
    }

    async render(): Promise<RenderedBody> {
      return { subject: this.words.greeting, text: 't' };
    }

    names(): readonly string[] {
      return [];
    }

    watch(): void {}

    async close(): Promise<void> {}
  }

  @Module({ providers: [Names, Greeter], exports: [Greeter] })
  class GreeterModule {}

  test('is a class of the application’s container, with its dependencies, and is loaded once at boot', async () => {
    Greeter.loads = 0;
    const app = await boot([GreeterModule, MailModule.forRoot({ renderer: Greeter })]);
    expect(Greeter.loads).toBe(1);
    await app.get(MailService).send(mail);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()).toMatchObject({ subject: 'Good day', text: 't' });
    expect(app.get(MailOutbox).last()?.html).toBeUndefined();
    expect(Greeter.loads).toBe(1);
  });

  test('is loaded, watched and closed with the application', async () => {
    setEnv({ NODE_ENV: 'development' });
    const renderer = rendererOf(async () => body);
    const app = await boot([MailModule.forRoot({ renderer, transport: 'memory:' })]);
    await app.get(MailService).send(mail);
    await app.close();
    expect(renderer.calls).toEqual(['load', 'watch', 'render welcome', 'close']);
  });

  test('is loaded before the first mail, whoever sends it first', async () => {
    const renderer = rendererOf(async () => body);

    @Injectable()
    class Eager {
      constructor(mailer: MailService) {
        this.sent = mailer.render(mail);
      }

      readonly sent: Promise<unknown>;
    }

    const app = await boot([MailModule.forRoot({ renderer })], [Eager]);
    await app.get(Eager).sent;
    expect(renderer.calls).toEqual(['load', 'render welcome']);
  });

  test('gets locale, time zone, date and the signal of the mail', async () => {
    const requests: object[] = [];
    const renderer = rendererOf(async (request) => {
      requests.push(request);
      return body;
    });
    const app = await boot([MailModule.forRoot({ renderer })]);
    const date = new Date('2026-01-02T03:04:05Z');
    await app.get(MailService).send({ ...mail, locale: 'fr', timeZone: 'Europe/Paris', date });
    expect(requests).toEqual([
      {
        template: 'welcome',
        context: mail.context,
        locale: 'fr',
        timeZone: 'Europe/Paris',
        date,
        signal: expect.any(AbortSignal) as AbortSignal,
      },
    ]);
  });

  test('that fails to load stops the boot', async () => {
    const renderer = rendererOf(async () => body, { load: () => Promise.reject(new Error('line 3: oops')) });
    const error = await failure(boot([MailModule.forRoot({ renderer })]));
    expect(error).toMatchObject({
      code: 'config',
      message: expect.stringContaining('line 3: oops') as string,
    });
  });

  test('that throws fails the mail, with the template’s name', async () => {
    const renderer = rendererOf(() => Promise.reject(new ReferenceError('nam is not defined')));
    const app = await boot([MailModule.forRoot({ renderer })]);
    expect(await failure(app.get(MailService).send(mail))).toMatchObject({
      code: 'context-invalid',
      message: 'Template "welcome": nam is not defined',
      at: { template: 'welcome' },
    });
  });

  test('that never answers ends with the time of the mail', async () => {
    const renderer = rendererOf(() => new Promise(() => undefined));
    const app = await boot([MailModule.forRoot({ renderer })]);
    const error = await failure(app.get(MailService).send(mail, { timeout: 5 }));
    expect(error).toMatchObject({ code: 'timeout', outcome: 'not-sent' });
  });

  test.each<readonly [string, unknown, string]>([
    ['nothing', undefined, 'got nothing'],
    ['a string', '<p>x</p>', 'got "<p>x</p>"'],
    ['no body', { subject: 's' }, 'neither html nor text'],
    ['html that is a buffer', { subject: 's', html: Buffer.from('x') }, 'html is an object'],
    ['a subject that is a number', { subject: 1, text: 't' }, 'subject is 1'],
  ])('that gives %s fails the mail', async (_title, given, what) => {
    const renderer = rendererOf(async () => given as RenderedBody);
    const app = await boot([MailModule.forRoot({ renderer })]);
    const error = await failure(app.get(MailService).send(mail));
    expect(error).toMatchObject({ code: 'template-invalid', at: { template: 'welcome' } });
    expect(error.message).toContain(what);
    expect(app.get(MailOutbox).messages).toEqual([]);
  });

  test('cannot add fields to the message, nor a subject of several lines', async () => {
    const given = { ...body, envelope: { from: '', to: ['mallory@example.test'] } };
    const renderer = rendererOf(async ({ template }) =>
      template === 'welcome' ? given : { ...body, subject: 'a\nBcc: x' },
    );
    const app = await boot([MailModule.forRoot({ renderer })]);
    const request = { ...mail, timeZone: 'UTC' };
    expect(await new OwnRenderer(() => renderer).render(request)).toEqual(body);
    await app.get(MailService).send(mail);
    expect(app.get(MailOutbox).last()?.envelope.to).toEqual(['ada@example.test']);
    expect(await failure(app.get(MailService).send({ ...mail, template: 'other' }))).toMatchObject({
      code: 'message-invalid',
    });
  });
});

describe('options', () => {
  test.each<readonly [string, unknown]>([
    ['an engine’s name', 'eta'],
    ['half a renderer', { render: async () => body }],
    ['null', null],
  ])('%s is no renderer', async (_title, renderer) => {
    const error = await failure(boot([MailModule.forRoot({ renderer: renderer as Renderer })]));
    expect(error).toMatchObject({ code: 'config' });
    expect(error.message).toContain('renderer: expected a Renderer ({ load, render, names, watch, close })');
  });

  test('what is for Handlebars means nothing beside it', async () => {
    setEnv({ MAIL_TEMPLATES_DIR: 'mails' });
    const templates = { helpers: {}, sources: [], watch: false };
    const error = await failure(
      boot([MailModule.forRoot({ renderer: rendererOf(async () => body), templates })]),
    );
    for (const key of ['dir', 'helpers', 'sources'])
      expect(error.message).toContain(`templates.${key}: expected nothing`);
    expect(error.message).toContain('MAIL_TEMPLATES_DIR');
    expect(error.message).not.toContain('templates.watch');
  });

  test('so do the templates of a feature', async () => {
    const dir = await folder({ 'invoice.hbs': 'x' });
    const imports = [
      MailModule.forRoot({ renderer: rendererOf(async () => body) }),
      MailModule.forFeature({ namespace: 'billing', dir }),
    ];
    expect(await failure(boot(imports))).toMatchObject({
      code: 'config',
      message: expect.stringContaining("'billing'") as string,
    });
  });
});
