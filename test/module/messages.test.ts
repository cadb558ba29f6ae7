import { Module } from '@nestjs/common';
import { AcceptLanguageResolver, I18nModule, I18nService } from 'nestjs-i18n';
import { fromI18n, MailModule, type MailModuleOptions, MailOutbox, MailService } from 'nest-mailroom';
import { boot, cleanup, folder, setEnv } from '../support/application.js';

beforeEach(() => setEnv({ NODE_ENV: 'test' }));
afterEach(cleanup);

const FILES = {
  'welcome.hbs': '---\nsubject: {{t "welcome.subject" name=name}}\n---\n<p>{{t "welcome.items" n=n}}</p>',
  'locales/en.json': JSON.stringify({
    welcome: { subject: 'Welcome, {name}!', items: '{n, plural, one {# item} other {# items}}' },
  }),
  'locales/fr.json': JSON.stringify({
    welcome: { subject: 'Bienvenue, {name} !', items: '{n, plural, one {# article} other {# articles}}' },
  }),
};

async function sent(
  options: MailModuleOptions,
  locale?: string,
): Promise<readonly [string, string | undefined]> {
  const app = await boot([MailModule.forRoot({ from: 'shop@example.test', ...options })]);
  const mail = { to: 'ada@example.test', template: 'welcome', context: { name: 'Ada & Bob', n: 2 } };
  await app.get(MailService).send({ ...mail, ...(locale !== undefined && { locale }) });
  const message = app.get(MailOutbox).last();
  return [message?.subject ?? '', message?.html?.trim()];
}

test('a mail is written in its own language, else in the application’s', async () => {
  const dir = await folder(FILES);
  expect(await sent({ templates: { dir } })).toEqual(['Welcome, Ada & Bob!', '<p>2 items</p>']);
  expect(await sent({ templates: { dir } }, 'fr-CA')).toEqual([
    'Bienvenue, Ada & Bob !',
    '<p>2 articles</p>',
  ]);
  const french = { templates: { dir, defaultLocale: 'fr-fr' } };
  expect(await sent(french)).toEqual(['Bienvenue, Ada & Bob !', '<p>2 articles</p>']);
});

test('the default language chooses the template too', async () => {
  const dir = await folder({
    'welcome.hbs': '---\nsubject: base\n---\n{{formatNumber n}}',
    'welcome.en.hbs': '---\nsubject: English\n---\n{{formatNumber 1.5}}',
    'welcome.fr.hbs': '---\nsubject: French\n---\n{{formatNumber 1.5}}',
  });
  expect(await sent({ templates: { dir } })).toEqual(['English', '1.5']);
  const templates = { dir, defaultLocale: 'fr-CA' };
  expect(await sent({ templates })).toEqual(['French', '1,5']);
  expect(await sent({ templates }, 'de')).toEqual(['base', '2']);
});

test('features bring messages of their own', async () => {
  const root = await folder({
    ...FILES,
    'locales/en.json': '{"welcome":{"subject":"{name}","items":"{n}"},"x":"root"}',
  });
  const dir = await folder({
    'invoice.text.hbs': '---\nsubject: s\n---\n{{t "due"}} {{t "x"}}',
    'locales/en.json': '{"due":"Due"}',
  });
  const app = await boot([
    MailModule.forFeature({ namespace: 'billing', dir }),
    MailModule.forRoot({ from: 'shop@example.test', templates: { dir: root } }),
  ]);
  const mail = { to: 'ada@example.test', template: 'billing/invoice', context: {} };
  expect(await app.get(MailService).render(mail)).toMatchObject({ text: 'Due root' });
});

test('a key that does not exist stops the boot with file, line and column', async () => {
  const dir = await folder({ ...FILES, 'locales/en.json': '{"welcome":{"subject":"{name}"}}' });
  await expect(sent({ templates: { dir } })).rejects.toMatchObject({
    code: 'template-invalid',
    at: { file: expect.stringMatching(/welcome\.hbs$/) as unknown, line: 4, column: 4 },
    message: expect.stringContaining('message "welcome.items" does not exist in en, only in fr') as unknown,
  });
});

test.each<[object, string]>([
  [
    { defaultLocale: 'en_GB' },
    'templates.defaultLocale: expected a language tag such as fr-CA (BCP 47), got "en_GB"',
  ],
  [
    { defaultLocale: 'french' },
    'templates.defaultLocale: expected a language tag such as fr-CA (BCP 47), got "french"',
  ],
  [
    { translator: { get: () => 'x' } },
    'templates.translator: expected an object with translate(), got an object. For nestjs-i18n write fromI18n(i18nService)',
  ],
])('options that cannot be: %j', async (templates, line) => {
  const dir = await folder(FILES);
  await expect(sent({ templates: { dir, ...templates } })).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining(line) as unknown,
  });
});

describe('with nestjs-i18n', () => {
  const TEXTS = {
    'en/mail.json': JSON.stringify({
      greeting: 'Hello {name}',
      items: { one: '{count} item', other: '{count} items' },
      both: 'English',
      link: '<$t(mail.both)>',
    }),
    'fr/mail.json': JSON.stringify({
      greeting: 'Bonjour {name}',
      items: { one: '{count} article', other: '{count} articles' },
      empty: '',
    }),
  };

  async function mailOf(source: string, locale?: string): Promise<string | undefined> {
    const path = await folder(TEXTS);
    const dir = await folder({
      'page.hbs': `---\nsubject: s\n---\n${source}`,
      'locales/en.json': '{"own":"Own {x}","mail.empty":"Ours"}',
    });

    @Module({
      imports: [
        I18nModule.forRoot({
          fallbackLanguage: 'en',
          loaderOptions: { path, watch: false },
          logging: false,
          resolvers: [AcceptLanguageResolver],
        }),
        MailModule.forRootAsync({
          inject: [I18nService],
          useFactory: (i18n: I18nService) => ({
            from: 'shop@example.test',
            templates: { dir, translator: fromI18n(i18n) },
          }),
        }),
      ],
    })
    class AppModule {}

    const app = await boot([AppModule]);
    const mail = { to: 'ada@example.test', template: 'page', context: { name: '<Ada>', n: 2 } };
    return (await app.get(MailService).render({ ...mail, ...(locale !== undefined && { locale }) })).html;
  }

  test.each([
    ['{{t "mail.greeting" name=name}}', 'en', 'Hello &lt;Ada&gt;'],
    ['{{t "mail.greeting" name=name}}', 'fr-CA', 'Bonjour &lt;Ada&gt;'],
    ['{{t "mail.greeting" name=name}}', undefined, 'Hello &lt;Ada&gt;'],
    ['{{t "mail.items" count=n}}', 'fr', '2 articles'],
    ['{{t "mail.both"}}', 'fr', 'English'],
    ['{{t "mail.link"}}', 'en', '&lt;English&gt;'],
    ['{{t "own" x=n}}', 'fr', 'Own 2'],
    ['{{t "mail.empty"}}', 'fr', 'Ours'],
  ])('%s in %s is %s', async (source, locale, expected) => {
    expect(await mailOf(source, locale)).toBe(expected);
  });

  test.each([
    ['{{t "mail.greting"}}', 'message "mail.greting" does not exist'],
    ['{{t "mail"}}', '"mail" is a group of texts in nestjs-i18n; name one of them'],
    ['{{t "mail.items"}}', '"mail.items" is a group of texts in nestjs-i18n; name one of them'],
  ])('%s is context-invalid', async (source, message) => {
    await expect(mailOf(source)).rejects.toMatchObject({
      code: 'context-invalid',
      at: { template: 'page', line: 4, column: 1 },
      message: expect.stringContaining(message) as unknown,
    });
  });
});
