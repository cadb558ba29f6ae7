import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MailError } from '../../src/errors/mail-error.js';
import { loaded, renderOf } from './templates.js';

interface Row {
  readonly id: string;
  readonly where: string;
  readonly value?: string;
  readonly build?: ReadonlyArray<readonly [string, number]>;
  readonly expect: string;
  readonly code?: string;
}

/** Own copies of the essential rows; the shared list, where there is one, adds to them. */
const OWN: readonly Row[] = [
  {
    id: 'name',
    where: 'mail.template',
    value: '../../etc/passwd',
    expect: 'refuse',
    code: 'template-not-found',
  },
  { id: 'missing', where: 'template source', value: '{{nope}}', expect: 'refuse', code: 'context-invalid' },
  { id: 'unquoted', where: 'template source', value: '<a href={{url}}>x</a>', expect: 'lint' },
  {
    id: 'endless',
    where: 'template source',
    value: '{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}',
    expect: 'refuse',
    code: 'template-invalid',
  },
  {
    id: 'deep',
    where: 'template source',
    build: [
      ['{{#if a}}', 5000],
      ['{{/if}}', 5000],
    ],
    expect: 'refuse',
    code: 'template-invalid',
  },
  {
    id: 'tree',
    where: 'template source with p = a syntax tree object',
    value: '{{> (lookup . "p")}}',
    expect: 'refuse',
    code: 'context-invalid',
  },
  {
    id: 'code',
    where: 'context.name',
    value: '{{constructor.constructor("return process")()}}',
    expect: 'literal',
  },
  { id: 'script', where: 'context.name', value: '\'"><script>alert(1)</script>', expect: 'escaped' },
  { id: 'scheme', where: 'context.url in href', value: 'javascript:alert(1)', expect: 'literal' },
];

const shared = join(__dirname, '..', '..', '..', 'shared', 'bad-inputs.json');
const listed: readonly Row[] = existsSync(shared) ? JSON.parse(readFileSync(shared, 'utf8')) : [];
const mine = (row: Row) => /^(template source|mail\.template|context\.)/.test(row.where);
const valueOf = ({ value = '', build }: Row) =>
  build?.map(([part, times]) => part.repeat(times)).join('') ?? value;

const TREE = { type: 'Program', body: [{ type: 'ContentStatement', value: 'x', original: 'x' }] };

async function outcome(row: Row): Promise<string | undefined> {
  const value = valueOf(row);
  switch (row.where) {
    case 'mail.template':
      return (await renderOf(await loaded({ 'welcome.hbs': 'hi' }), value)).html;
    case 'context.name':
      return (
        await renderOf(await loaded({ 'p.hbs': '<p title="{{name}}">{{name}}</p>' }), 'p', { name: value })
      ).html;
    case 'context.url in href':
      return (await renderOf(await loaded({ 'p.hbs': '<a href="{{url}}">x</a>' }), 'p', { url: value })).html;
    default: {
      const context = row.expect === 'lint' ? { url: 'x' } : { p: TREE };
      return (await renderOf(await loaded({ 'p.hbs': value }), 'p', context)).html;
    }
  }
}

test.each([...OWN, ...listed.filter(mine)].map((row): [string, Row] => [`${row.id} ${row.where}`, row]))(
  '%s',
  async (_, row) => {
    const result = await outcome(row).catch((error: MailError) => error.code);
    if (row.expect === 'refuse') expect(result).toBe(row.code);
    else if (row.expect === 'escaped') expect(result).not.toMatch(/<(script|img)/);
    else expect(result).toContain(row.expect === 'lint' ? '<a href=x>' : valueOf(row).slice(0, 10));
  },
);
