import { MemorySource } from '../source/stores.js';
import { failure, folder, loaded, renderOf, rendererOf } from '../templates.js';

const FEATURE = { 'partials/item.hbs': '<li>{{> @partial-block}}</li>' };

/** The application's templates beside those of a feature `billing`. */
async function withFeature(
  files: Readonly<Record<string, string>>,
  feature: Readonly<Record<string, string>> = {},
): Promise<ReturnType<typeof rendererOf>> {
  const roots = [
    { dir: await folder(files), required: true },
    { dir: await folder({ ...FEATURE, ...feature }), namespace: 'billing', required: true },
  ];
  const renderer = rendererOf({ roots });
  await renderer.load();
  return renderer;
}

const block = (name: string, args = ''): string => `{{#> ${name}${args}}}Reset password{{/${name}}}`;

// A block stands in for a partial that there is none of: misspelt, a mail goes out without what it was sent for.
describe('a partial block with a likely misspelling', () => {
  test.each<[string, string]>([
    [block('mail/buton', ' href=link'), 'partial "mail/buton" does not exist. Did you mean "mail/button"?'],
    [block('mail/nothing-like-it'), 'partial "mail/nothing-like-it" does not exist'],
    [block('layouts/mail/layuot'), 'Did you mean "layouts/mail/layout"?'],
    [block('layouts/absent'), 'partial "layouts/absent" does not exist'],
    [block('sidebr'), 'Did you mean "sidebar"?'],
    [block('SideBar'), 'Did you mean "sidebar"?'],
    [block('cards/itme'), 'Did you mean "cards/item"?'],
    [block('heading'), 'Did you mean "headings"?'],
    [block('@partial-blok'), 'Did you mean "@partial-block"?'],
    [block('billing/itm'), 'partial "billing/itm" does not exist'],
    [block('billing/item'), 'Templates of "billing", and no others, call it by the name "item"'],
    ['{{> mail/buton href=link}}', 'Did you mean "mail/button"?'],
    [`{{#*inline "footnote"}}x{{/inline}}${block('footnot')}`, 'Did you mean "footnote"?'],
    [`{{#if x}}${block('mail/panle')}{{/if}}`, 'Did you mean "mail/panel"?'],
  ])('%s is refused', async (source, what) => {
    const known = {
      'partials/sidebar.hbs': '',
      'partials/cards/item.hbs': '',
      'partials/headings.fr.hbs': '',
    };
    const error = await failure(withFeature({ ...known, 'page.hbs': `<p>\n${source}</p>` }));
    expect(error).toMatchObject({ code: 'template-invalid', at: { line: 2 } });
    expect(error.message).toContain(what);
  });

  test('is found in subjects, layouts, text and templates of features', async () => {
    const calls = {
      'a.hbs': `---\nsubject: ${block('mail/buton')}\n---\n`,
      'layouts/l.hbs': block('mail/buton'),
    };
    const own = { 'b.text.hbs': block('mail/buton'), 'c.hbs': block('itemz'), 'partials/items.hbs': '' };
    const { message } = await failure(withFeature(calls, own));
    expect(message).toMatch(/^4 faults/);
  });

  test('is found in a template from a source, even if nothing else uses the partial that was meant', async () => {
    const source = new MemorySource();
    source.put('news', block('sidebr'));
    const renderer = await loaded({ 'partials/sidebar.hbs': 'x' }, { sources: [source] });
    const error = await failure(renderOf(renderer, 'news'));
    expect(error.message).toContain(
      'memory:news@v1:1:1: partial "sidebr" does not exist. Did you mean "sidebar"?',
    );
  });
});

describe('a partial block without a partial of a similar name', () => {
  test.each([
    ['is like no other name', block('offers')],
    ['is like a short name', block('boxx')],
    ['differs in a number only', block('column2')],
    ['has its partial in another language', block('headings')],
    ['is defined inline by some template', block('footnot')],
    ['has a prefix of its own', block('mailing/buton')],
  ])('boots: it %s', async (_what, source) => {
    const renderer = await withFeature({
      'partials/box.hbs': '',
      'partials/column1.hbs': '',
      'partials/headings.fr.hbs': '',
      'partials/footnote.hbs': '',
      'other.hbs': '{{#*inline "footnot"}}x{{/inline}}{{> footnot}}',
      'page.hbs': source,
    });
    expect((await renderOf(renderer, 'page')).html).toBe('Reset password');
  });

  test('a template from a source need not fill a part that templates of the folders do', async () => {
    const source = new MemorySource();
    source.put('news', '---\nlayout: l\n---\nNews');
    const files = {
      'layouts/l.hbs': `{{> @partial-block}}${block('mail/aside')}`,
      'page.hbs': '---\nlayout: l\n---\n{{#*inline "mail/aside"}}x{{/inline}}',
    };
    const renderer = await loaded(files, { sources: [source] });
    expect((await renderOf(renderer, 'news')).html).toBe('NewsReset password');
  });
});

test.each([
  ['of a template with text alone', { 'page.text.hbs': '---\nlayout: defualt\n---\nHi' }],
  ['of the text beside html', { 'page.hbs': 'Hi', 'page.text.hbs': '---\nlayout: defualt\n---\nHi' }],
])('the misspelt layout %s is refused', async (_what, files) => {
  const error = await failure(loaded({ 'layouts/default.hbs': '', ...files }));
  expect(error.message).toContain(
    'page.text.hbs:2:1: layout "defualt" does not exist. Did you mean "default"?',
  );
});

test('a text whose layout has only html has no layout', async () => {
  const renderer = await loaded({ 'layouts/l.hbs': '<b>', 'page.text.hbs': '---\nlayout: l\n---\nHi' });
  expect((await renderOf(renderer, 'page')).text).toBe('Hi');
});

// In a condition a variable may be missing: it would be false for ever.
test.each([
  ['{{#each items}}{{#if @fisrt}}x{{/if}}{{/each}}', 'there is no "@fisrt". Did you mean "@first"?'],
  ['{{#if (eq @lokale "fr")}}x{{/if}}', 'Did you mean "@locale"?'],
  ['{{#unless @partial-blok}}x{{/unless}}', 'Did you mean "@partial-block"?'],
])('%s is refused', async (source, what) => {
  expect((await failure(loaded({ 'page.hbs': source }))).message).toContain(what);
});
