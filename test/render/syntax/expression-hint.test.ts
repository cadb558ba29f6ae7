import { failure, loaded } from '../templates.js';

const files = { 'partials/card.hbs': 'c', 'layouts/main.hbs': '{{> @partial-block}}' };

const refused = async (source: string): Promise<string> =>
  (await failure(loaded({ 'page.hbs': source, ...files }))).message;

describe('an expression of another template language gets a hint', () => {
  test.each([
    ['{{#if name == "x"}}a{{/if}}', '(eq name "x")'],
    ['{{#if name === "x"}}a{{/if}}', '(eq name "x")'],
    ['{{#if a==b}}x{{/if}}', '(eq a b)'],
    ['{{#if a != b}}a{{/if}}', '(ne a b)'],
    ['{{#if a !== b}}a{{/if}}', '(ne a b)'],
    ['{{#if a > 1}}a{{/if}}', '(gt a 1)'],
    ['{{#if a < 1}}a{{/if}}', '(lt a 1)'],
    ['{{#if a >= 1}}a{{/if}}', '(not (lt a 1))'],
    ['{{#if a <= 1}}a{{/if}}', '(not (gt a 1))'],
    ['{{#if user.a && b}}a{{/if}}', '(and user.a b)'],
    ['{{#if a || b}}a{{/if}}', '(or a b)'],
    ['{{#if !x}}a{{/if}}', '(not x), or {{#unless x}}'],
    ['{{#if name = "x"}}a{{/if}}', '(eq name "x")'],
    ['{{#unless x == 1}}a{{/unless}}', '(eq x 1)'],
    ['{{#if x}}a{{else if y == 1}}b{{/if}}', '(eq y 1)'],
    ['{{#if (a == b)}}x{{/if}}', '(eq a b)'],
    ['{{#if not x}}a{{/if}}', '(not x)'],
    ['{{#if x and y}}a{{/if}}', '(and x y)'],
    ['{{#if a is b}}x{{/if}}', '(eq a b)'],
    ['{{#if x}}a{{elseif y}}b{{/if}}', '{{else if …}}'],
    ['{{#equals a "b"}}x{{/equals}}', 'Write {{#if (eq a "b")}}'],
    ['{{#notEquals user.a b}}x{{/notEquals}}', 'Write {{#if (ne user.a b)}}'],
    ['{{#greaterThan a 1}}x{{else}}y{{/greaterThan}}', 'Write {{#if (gt a 1)}}'],
    ['{{=<% %>=}} <% x %>', 'there are no other delimiters'],
    ['{{^x}}a{{/x}}', 'write {{#unless x}}. npx nest-mailroom check --fix'],
    ['{{^x}}a{{else}}b{{/x}}', 'write {{#unless x}}'],
    ['{{name + 1}}', 'do not calculate'],
    ['{{name+1}}', 'do not calculate'],
    ['{{a - 1}}', 'do not calculate'],
    ['{{a * 2}}', 'do not calculate'],
    ['{{a / 2}}', 'do not calculate'],
    ['{{formatNumber a + b}}', 'do not calculate'],
    ['{{a ? b : c}}', '{{#if a}}…{{else}}…{{/if}} around b and c'],
    ['{{a ?? b}}', '{{default a b}}'],
    ['{{items[0].name}}', 'items.[0]'],
    ['{{user["name"]}}', 'user.name'],
    ['{{name.toUpperCase()}}', 'Methods are not called'],
    ['{{this->name}}', 'point between the steps'],
    ['{{name | upper}}', '{{upper name}}'],
    ['{{#each item in items}}x{{/each}}', '{{#each items as |item|}}'],
    ['{{#each items as item}}x{{/each}}', '{{#each items as |item|}}'],
    ['{{#each items as |item}}x{{/each}}', '{{#each items as |item|}}'],
    ['{{t "x", name=1}}', 'by spaces, without commas'],
    ['---\nsubject: "{{a == b}}"\n---\nx', '(eq a b)'],
  ])('%s', async (source, said) => {
    expect(await refused(source)).toContain(said);
  });

  test.each(['{{`a`}}', '{{&}}', '{{#if}}a{{/if}}', '{{formatDat x}}', '{{#if (upper x)}}x{{/if}}'])(
    '%s gets no hint',
    async (source) => {
      expect(await refused(source)).not.toMatch(/Write |write |calculate|Methods|filters|Separate/);
    },
  );

  test('a long tag costs no time', async () => {
    expect(await refused(`{{#if ${'a'.repeat(100_000)} == ${'"x'.repeat(50_000)}}}`)).toContain('page.hbs:1');
  });
});

describe('the error for a missing file says where to put it, and lists the existing ones', () => {
  test.each([
    [
      '{{> nope}}',
      'partial "nope" does not exist. Put it at partials/nope.hbs in the templates folder; there are card, mail/button',
    ],
    ['{{> shop/nope}}', 'Put it at partials/shop/nope.hbs in the templates folder; there are card, '],
    ['{{> partials/nope}}', 'Put it at partials/nope.hbs in the templates folder; there are card, '],
    ['{{> partials/card}}', 'Write {{> card}}, the path within partials/ without its ending'],
    ['{{> card.hbs}}', 'Write {{> card}}'],
    ['{{> car}}', 'Did you mean "card"?'],
    [
      '---\nlayout: nope\n---\nx',
      'layout "nope" does not exist. Put it at layouts/nope.hbs in the templates folder; there are main, mail/layout',
    ],
    ['---\nlayout: mian\n---\nx', 'Did you mean "main"?'],
    ['---\nlayout: layouts/main\n---\nx', 'Write layout: main'],
    ['---\nlayout: main.hbs\n---\nx', 'Write layout: main'],
  ])('%j', async (source, said) => {
    expect(await refused(source)).toContain(said);
  });
});
