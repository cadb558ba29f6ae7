import { failure, loaded } from '../templates.js';

// A word in a file's name must not become a language that no reader ever asks for.
test.each([
  ['order.created.hbs', '"created" is no locale (BCP 47)', 'order-created.hbs has the name "order-created"'],
  ['order.paid.hbs', '"paid" is no locale (BCP 47)', 'order-paid.hbs has the name "order-paid"'],
  ['order.due.hbs', '"due" is no locale (BCP 47)', 'order-due.hbs has the name "order-due"'],
  ['order.created.text.hbs', '"created" is no locale', 'order-created.text.hbs has the name'],
  ['order.created.fr.hbs', 'found ".created.fr"', 'order-created.fr.hbs has the name "order-created"'],
  ['a.french.hbs', '"french" is no locale (BCP 47); write fr', 'Rename the file: a.fr.hbs'],
  ['a.jp.hbs', '"jp" is no locale (BCP 47); write ja', 'Rename the file: a.ja.hbs'],
  ['a.pt_br.hbs', '"pt_br" is no locale (BCP 47); write pt-BR', 'Rename the file: a.pt-BR.hbs'],
  ['a.txt.hbs', '"txt" is no locale (BCP 47)', 'Rename the file: a.text.hbs'],
  ['a.html.hbs', '"html" is no locale (BCP 47)', 'Rename the file: a.hbs'],
  ['a.hbs.hbs', '"hbs" is no locale (BCP 47)', 'Rename the file: a.hbs'],
  ['a.fr.txt.hbs', 'found ".fr.txt"', 'Rename the file: a.fr.text.hbs'],
  ['layouts/main.dark.hbs', '"dark" is no locale (BCP 47)', 'main-dark.hbs has the name "main-dark"'],
  ['partials/button.big.hbs', '"big" is no locale (BCP 47)', 'button-big.hbs has the name "button-big"'],
  [
    'locales/french.json',
    '"french" is no locale (BCP 47); write fr',
    'Catalogs are named locales/<locale>.json',
  ],
  ['locales/app.json', '"app" is no locale (BCP 47)', 'Catalogs are named locales/<locale>.json'],
])('%s is refused with advice', async (file, what, fix) => {
  const error = await failure(loaded({ [file]: file.endsWith('.json') ? '{}' : '' }));
  expect(error).toMatchObject({ code: 'template-invalid', at: { line: 1, column: 1 } });
  expect(error.message).toContain(what);
  expect(error.message).toContain(fix);
});

test.each(['a.fr.hbs', 'a.pt-BR.hbs', 'a.zh-Hant-TW.text.hbs', 'a.fil.hbs', 'a.yue.hbs', 'a.qaa-XX.hbs'])(
  '%s is a language variant of a template',
  async (file) => {
    expect((await loaded({ [file]: '' })).names()).toEqual(['a']);
  },
);
