import { Injectable, Module } from '@nestjs/common';
import {
  MailModule,
  MailOutbox,
  MailService,
  type SourcedTemplate,
  type TemplateSource,
} from 'nest-mailroom';
import { boot, cleanup, folder, setEnv } from '../support/application.js';
import { failure } from '../render/templates.js';

afterEach(cleanup);

beforeEach(() => setEnv({ NODE_ENV: 'test', MAIL_FROM: 'shop@example.test' }));

@Injectable()
class Rows {
  readonly rows = new Map([
    ['welcome', { version: '7', source: '---\nsubject: Hi {{name}}\n---\n<p>row</p>' }],
  ]);
}

@Injectable()
class RowTemplates implements TemplateSource {
  readonly name = 'rows';

  constructor(private readonly store: Rows) {}

  async find({
    name,
    locale,
  }: {
    readonly name: string;
    readonly locale?: string;
  }): Promise<SourcedTemplate | null> {
    return (locale === undefined ? this.store.rows.get(name) : undefined) ?? null;
  }
}

@Module({ providers: [Rows, RowTemplates], exports: [RowTemplates] })
class RowsModule {}

const mail = { to: 'ada@example.test', template: 'welcome', context: { name: 'Ada' } };

test('a source is a class of the application’s container, with its dependencies', async () => {
  const dir = await folder({ 'welcome.hbs': '---\nsubject: Shipped\n---\n<p>shipped</p>' });
  const app = await boot([RowsModule, MailModule.forRoot({ templates: { dir, sources: [RowTemplates] } })]);
  await app.get(MailService).send(mail);
  expect(app.get(MailOutbox).last()).toMatchObject({
    subject: 'Hi Ada',
    html: '<p>row</p>',
    template: 'welcome',
  });
  app.get(Rows).rows.delete('welcome');
  await app.get(MailService).send(mail);
  expect(app.get(MailOutbox).last()).toMatchObject({ subject: 'Shipped' });
});

test('a source is an instance, and needs no folder', async () => {
  const source: TemplateSource = {
    name: 'one',
    find: () => ({ version: '1', source: '---\nsubject: s\n---\nx' }),
  };
  const app = await boot([MailModule.forRoot({ templates: { sources: [source] } })]);
  expect(await app.get(MailService).render(mail)).toMatchObject({ subject: 's', html: 'x' });
});

test('a source that never answers ends with the time of the mail, and nothing is sent', async () => {
  const signals: AbortSignal[] = [];
  const source: TemplateSource = {
    name: 'silent',
    find: (_query, { signal }) => {
      signals.push(signal);
      return new Promise(() => undefined);
    },
  };
  const app = await boot([MailModule.forRoot({ templates: { sources: [source] } })]);
  const error = await failure(app.get(MailService).send(mail, { timeout: 5 }));
  expect(error).toMatchObject({ code: 'timeout', outcome: 'not-sent' });
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  expect(app.get(MailOutbox).messages).toEqual([]);
});

test('what is no source stops the boot', async () => {
  const sources = [{ name: 'x' }, null, 'templates'] as unknown as readonly TemplateSource[];
  const error = await failure(boot([MailModule.forRoot({ templates: { sources } })]));
  expect(error.code).toBe('config');
  for (const index of [0, 1, 2]) {
    expect(error.message).toContain(`templates.sources[${index}]: expected a TemplateSource`);
  }
});
