import { existsSync, readFileSync } from 'node:fs';
import { realpath, symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { MailError, MailModule, type MailModuleOptions, MailService } from 'nest-mailroom';
import PostalMime, { type Email } from 'postal-mime';

import { afterCleanup, boot, cleanup, folder } from './support/application.js';
import { startSmtpServer, type TestServer } from './support/smtp-server.js';

/** One hostile input, and what must become of it. */
interface Row {
  readonly id: string;
  /** Where it is put: `mail.to`, `template source`, … */
  readonly where: string;
  readonly value?: unknown;
  /** Instead of `value`: parts, each repeated so many times. */
  readonly build?: ReadonlyArray<readonly [string, number]>;
  readonly expect: string;
  readonly code?: string;
}

/** The essential rows, for a checkout that has no list beside it. */
const ESSENTIAL: readonly Row[] = [
  { id: 'e01', where: 'mail.to', value: 'a@x.test\r\nBcc: evil@y.test', ...refused('message-invalid') },
  { id: 'e02', where: 'mail.to', value: 'a@x.test,b@y.test', ...refused('message-invalid') },
  {
    id: 'e03',
    where: 'mail.to',
    value: { address: 'a@x.test> <evil@y.test' },
    ...refused('message-invalid'),
  },
  { id: 'e04', where: 'mail.to', value: 'evil%y.test@x.test', expect: 'accept' },
  { id: 'e05', where: 'mail.to', build: [['"', 50_001]], ...refused('message-invalid') },
  {
    id: 'e06',
    where: 'mail.envelope.from',
    value: 's@x.test> SIZE=1\r\nRCPT TO:<evil@y.test',
    ...refused('message-invalid'),
  },
  { id: 'e07', where: 'mail.subject', value: 'hi\r\nBcc: evil@y.test', ...refused('message-invalid') },
  { id: 'e08', where: 'mail.subject', value: "O'Brien & Co <b>", expect: 'literal' },
  { id: 'e09', where: 'mail.headers', value: { Bcc: 'evil@y.test' }, ...refused('message-invalid') },
  {
    id: 'e10',
    where: 'mail.attachments[0].path',
    value: '<root>/link-to-etc-passwd',
    ...refused('message-invalid'),
  },
  { id: 'e11', where: 'mail.raw', value: { path: '/etc/passwd' }, ...refused('unsupported') },
  { id: 'e12', where: 'options.smtp.name', value: 'h\r\nMAIL FROM:<evil@y.test>', ...refused('config') },
  { id: 'e13', where: 'mail.template', value: '../../etc/passwd', ...refused('template-not-found') },
  { id: 'e14', where: 'templates.symlink', ...refused('template-invalid') },
  { id: 'e15', where: 'context.name', value: '\'"><script>alert(1)</script>', expect: 'escaped' },
  { id: 'e16', where: 'context.url in href', value: 'javascript:alert(1)', expect: 'literal' },
  { id: 'e17', where: 'template source', value: '{{nope}}', ...refused('context-invalid') },
  {
    id: 'e18',
    where: 'template source',
    value: '{{#*inline "a"}}{{> a}}{{/inline}}{{> a}}',
    ...refused('template-invalid'),
  },
  { id: 'e19', where: 'mail.text', value: 'a\n.\r\nMAIL FROM:<e@y.test>', expect: 'literal' },
];

function refused(code: string): Pick<Row, 'expect' | 'code'> {
  return { expect: 'refuse', code };
}

const list = join(__dirname, '..', '..', 'shared', 'bad-inputs.json');
const isListed = existsSync(list);
const rows: readonly Row[] = isListed ? JSON.parse(readFileSync(list, 'utf8')) : ESSENTIAL;

/** Rows that `test/inbox/bad-inputs.test.ts` proves, and those of the lint of `mailroom check`. */
const isOfTheInbox = ({ where }: Row): boolean => where.startsWith('inbox ');
const isOfTheCheck = (row: Row): boolean => row.expect === 'lint';

const TEMPLATES = {
  'welcome.hbs': 'Welcome',
  'name.hbs': '---\nsubject: Hello {{name}}\n---\n<p title="{{name}}">{{name}}</p>',
  'name.text.hbs': 'Hello {{name}}',
  'link.hbs': '---\nsubject: Hello\n---\n<a href="{{url}}">x</a>',
};
const SYNTAX_TREE = {
  type: 'Program',
  body: [{ type: 'ContentStatement', value: 'x', original: 'x' }],
};

let server: TestServer;
let root: string;
let mail: MailService;

/** A mail as loosely typed as what a request body makes of it. */
type Loose = Readonly<Record<string, unknown>>;

beforeAll(async () => {
  server = await startSmtpServer();
  afterCleanup(() => server.close());
  root = await realpath(await folder({ 'inside.txt': 'in' }));
  await symlink('/etc/passwd', join(root, 'link-to-etc-passwd'));
  mail = await serviceOver({ dir: await folder(TEMPLATES) });
});
afterAll(cleanup);

async function serviceOver({ dir }: { dir: string }, options: MailModuleOptions = {}): Promise<MailService> {
  const transport = { host: '127.0.0.1', port: server.port };
  const app = await boot([
    MailModule.forRoot({
      from: 'app@example.test',
      transport,
      verify: 'off',
      attachments: { roots: [root] },
      templates: { dir },
      ...options,
    }),
  ]);
  return app.get(MailService);
}

function valueOf({ build, value }: Row): unknown {
  const built = build?.map(([part, times]) => part.repeat(times)).join('') ?? value;
  return typeof built === 'string' ? built.replace('<root>', root) : built;
}

/** A mail that is good but for what the row puts into it. */
function mailOf({ where }: Row, value: unknown): Loose {
  const sound = { to: 'a@example.test' };
  const literal = { ...sound, subject: 'Hello', text: 'Hello' };
  if (where === 'context.name') return { ...sound, template: 'name', context: { name: value } };
  if (where === 'context.url in href') return { ...sound, template: 'link', context: { url: value } };
  if (where === 'mail.template') return { ...sound, template: value };
  if (where === 'mail.envelope.from') return { ...literal, envelope: { from: value } };
  const attachment = /^mail\.attachments\[0\]\.(\w+)$/.exec(where)?.[1];
  if (attachment === undefined) return { ...literal, [where.slice('mail.'.length)]: value };
  const content = attachment === 'path' || attachment === 'href' ? {} : { content: 'x' };
  return { ...literal, attachments: [{ ...content, [attachment]: value }] };
}

/** The reaction of the application to the row. */
async function attempt(row: Row): Promise<void> {
  const value = valueOf(row);
  if (row.where === 'options.smtp.name') return bootNamed(String(value));
  if (row.where === 'templates.symlink') return bootLinked();
  if (row.where.startsWith('template source')) return sendFrom(row, String(value));
  await sendLoose(mail, mailOf(row, value));
}

/** Values that a type checker refuses and a JavaScript caller may pass. */
async function sendLoose(service: MailService, loose: Loose): Promise<void> {
  const letter: Parameters<MailService['send']>[0] = Object.assign({ to: '' }, loose);
  await service.send(letter);
}

async function bootNamed(name: string): Promise<void> {
  const transport = { host: '127.0.0.1', port: server.port, name };
  await serviceOver({ dir: await folder() }, { transport });
}

async function bootLinked(): Promise<void> {
  const dir = await folder();
  const outside = await folder({ 'secret.hbs': 'secret' });
  await symlink(join(outside, 'secret.hbs'), join(dir, 'linked.hbs'));
  await serviceOver({ dir });
}

/** With an empty context, unless the row needs something in it. */
async function sendFrom({ where, expect: expected }: Row, source: string): Promise<void> {
  const service = await serviceOver({ dir: await folder({ 'p.hbs': source }) });
  const tree = where.includes('syntax tree') ? { p: SYNTAX_TREE } : {};
  const context = expected === 'lint' ? { url: 'x' } : tree;
  await service.send({ to: 'a@example.test', subject: 'Hello', template: 'p', context });
}

/** Tries the row, and gives what arrived since: the mails, or the error. */
async function outcome(row: Row): Promise<{ readonly emails: readonly Email[]; readonly error?: unknown }> {
  const before = server.mails.length;
  const error: unknown = await attempt(row).catch((reason: unknown) => reason);
  const arrived = server.mails.slice(before);
  const emails = await Promise.all(arrived.map(({ bytes }) => PostalMime.parse(bytes)));
  return { emails, error };
}

async function holds(row: Row): Promise<void> {
  const { emails, error } = await outcome(row);
  if (row.expect === 'refuse') {
    expect(error).toBeInstanceOf(MailError);
    expect(error).toMatchObject({ code: row.code, outcome: 'not-sent' });
    expect(emails).toEqual([]);
    return;
  }
  expect(error).toBeUndefined();
  expect(emails).toHaveLength(1);
  if (row.expect === 'literal') expectLiteral(row, emails[0]);
  else if (row.expect === 'escaped') expectEscaped(row, emails[0]);
  else expect(['accept', 'lint']).toContain(row.expect);
}

const unixLines = (text: unknown): string => String(text).replaceAll('\r\n', '\n').trim();

function expectLiteral(row: Row, email: Email | undefined): void {
  const value = unixLines(valueOf(row));
  if (row.where === 'mail.subject') expect(email?.subject).toBe(value);
  else if (row.where === 'mail.text') expect(unixLines(email?.text)).toBe(value);
  else if (row.where === 'context.url in href') expect(email?.html).toContain(`href="${value}"`);
  else expect(unixLines(email?.text)).toBe(`Hello ${value}`);
}

/** In html as text and as an attribute; elsewhere as it is. */
function expectEscaped(row: Row, email: Email | undefined): void {
  const value = String(valueOf(row));
  expect(email?.subject).toBe(`Hello ${value}`);
  expect(unixLines(email?.text)).toBe(`Hello ${value}`);
  expect(email?.html).toMatch(/^[^]*<p title="[^"]*">[^<]*<\/p>[^]*$/);
  expect(email?.html).not.toMatch(/<(script|img)\b/);
}

test('every hostile input is treated as its row says', async () => {
  const inbox = rows.filter(isOfTheInbox);
  const due = rows.filter((row) => !isOfTheInbox(row) && !isOfTheCheck(row));
  const lint = rows.filter(isOfTheCheck);
  const broken: string[] = [];
  for (const row of [...due, ...lint]) {
    await holds(row).catch((error: unknown) => broken.push(`${row.id} ${row.where}: ${String(error)}`));
  }
  const held = due.filter(({ id }) => !broken.some((line) => line.startsWith(`${id} `)));
  if (!isListed) process.stdout.write('bad inputs: the shared list is absent; the essential rows were run\n');
  process.stdout.write(
    `bad inputs: ${held.length} of ${due.length} rows held (${inbox.length} of the inbox have a test of their own, ${lint.length} are of the template check)\n`,
  );
  expect(broken).toEqual([]);
  expect(due.length).toBeGreaterThanOrEqual(12);
}, 60_000);
