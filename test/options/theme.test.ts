import { MailError, MailModule, MailOutbox, MailService, type ThemeOptions } from 'nest-mailroom';
import PostalMime from 'postal-mime';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { boot, cleanup, folder } from '../support/application.js';

afterEach(cleanup);

const PAGE = `---
subject: Confirm your address
layout: mail/layout
---
<h1>Hello {{user.name}}</h1>
<p>One click and you are in.</p>
{{#> mail/button href=link}}Confirm{{/mail/button}}
`;
const LINK = 'https://example.test/confirm?token=1&user=2';
const mail = { to: 'ada@example.test', template: 'confirm', context: { user: { name: 'Ada' }, link: LINK } };

const moduleOf = async (theme?: ThemeOptions, transport?: string) =>
  MailModule.forRoot({
    from: 'shop@example.test',
    ...(transport && { transport }),
    templates: { dir: await folder({ 'confirm.hbs': PAGE }), theme },
  });

test('a theme reaches every mail', async () => {
  const theme = { brand: { name: 'Tidemark' }, colors: { primary: 'rgb(14, 79, 79)' }, width: 560 };
  const app = await boot([await moduleOf(theme)]);
  await app.get(MailService).send(mail);

  const html = app.get(MailOutbox).last()?.html ?? '';
  expect(html).toContain('bgcolor="#0e4f4f"');
  expect(html).toContain('max-width: 560px');
  expect(html).toContain('Tidemark</td>');
});

test('as sent and read again, the address of a button stands once in each part', async () => {
  const dir = await folder();
  const app = await boot([await moduleOf(undefined, `file:${dir}`)]);
  await app.get(MailService).send(mail);

  const name = (await readdir(dir)).find((file) => file.endsWith('.eml')) ?? '';
  const email = await PostalMime.parse(await readFile(join(dir, name)));
  expect(email.text?.split(LINK)).toHaveLength(2);
  expect(email.text).toContain(`Confirm (${LINK})`);
  expect(email.html?.split('example.test/confirm')).toHaveLength(2);
});

describe('a theme that is wrong stops the boot', () => {
  const CASES: ReadonlyArray<readonly [string, object, string]> = [
    [
      'a colour by name',
      { colors: { primary: 'bleu' } },
      'templates.theme.colors.primary: expected a colour such as "#1f5fbf" or "rgb(31, 95, 191)", got "bleu".',
    ],
    [
      'a colour that ends a rule',
      { dark: { text: '#fff;}' } },
      'templates.theme.dark.text: expected a colour',
    ],
    [
      'an unknown colour',
      { colors: { primery: '#fff' } },
      'templates.theme.colors.primery: expected one of primary, text, muted, background, surface, border, got an unknown option. Did you mean "primary"?',
    ],
    [
      'an unknown key',
      { colours: {} },
      'templates.theme.colours: expected one of brand, colors, dark, fontFamily, radius, width, got an unknown option. Did you mean "colors"?',
    ],
    [
      'no object',
      { brand: 'Tidemark' },
      'templates.theme.brand: expected an object of options, got "Tidemark".',
    ],
    [
      'a width in text',
      { width: '600px' },
      'templates.theme.width: expected a whole number of pixels from 320 to 900, got "600px".',
    ],
    [
      'a radius below nothing',
      { radius: -1 },
      'templates.theme.radius: expected a whole number of pixels from 0 to 40, got -1.',
    ],
    [
      'fonts that end a rule',
      { fontFamily: 'Arial; color: red' },
      'templates.theme.fontFamily: expected CSS font families such as',
    ],
    [
      'a name that is a tag',
      { brand: { name: '{{secret}}' } },
      'templates.theme.brand.name: expected one line',
    ],
    [
      'an address of two lines',
      { brand: { address: 'a\nb' } },
      'templates.theme.brand.address: expected one line',
    ],
    [
      'a URL of a script',
      { brand: { url: 'javascript:alert(1)' } },
      'templates.theme.brand.url: expected an https or http URL, got "javascript:alert(1)".',
    ],
    [
      'a logo of no width',
      { brand: { logo: { src: 'https://example.test/l.png' } } },
      'templates.theme.brand.logo.width: expected a whole number of pixels from 1 to 600, got nothing.',
    ],
    [
      'a logo from nowhere',
      { brand: { logo: { src: 'logo.png', width: 10 } } },
      'templates.theme.brand.logo.src: expected an https, http or cid: URL, got "logo.png".',
    ],
  ];

  test.each(CASES)('%s', async (_, theme, line) => {
    const error: unknown = await moduleOf(theme)
      .then((module) => boot([module]))
      .catch((reason: unknown) => reason);
    expect(MailError.is(error) && [error.code, error.message]).toEqual([
      'config',
      expect.stringContaining(line),
    ]);
  });
});

test('fonts may be quoted and of any script', async () => {
  await expect(
    boot([
      await moduleOf({ fontFamily: "'Noto Sans', Helvetica Neue, 游ゴシック, -apple-system, sans-serif" }),
    ]),
  ).resolves.toBeDefined();
});
