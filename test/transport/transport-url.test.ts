import { resolve } from 'node:path';
import { ConfigReport } from '../../src/errors/config-report.js';
import type { TransportExtension } from '../../src/transport/resources.js';
import { FileTransport } from '../../src/transport/file/file.transport.js';
import { MemoryTransport } from '../../src/transport/memory/memory.transport.js';
import { MailOutbox } from '../../src/transport/memory/outbox.js';
import type { Transport } from '../../src/transport/transport.js';
import { createTransport } from '../../src/transport/transport-url.js';
import type { SmtpOptions } from '../../src/transport/smtp/smtp.options.js';

const carrier: TransportExtension = {
  name: 'pigeons',
  schemes: ['pigeon'],
  createTransport: (url, { outbox }) =>
    Object.assign(new MemoryTransport(outbox), { name: `pigeon to ${url.host}` }),
};

function create(url: string, smtp?: SmtpOptions) {
  const report = new ConfigReport();
  const logger = { log: () => {}, debug: () => {} };
  const resources = { outbox: new MailOutbox(), logger, extensions: [carrier], smtp };
  const transport: Transport | undefined = createTransport(url, resources, report, 'MAIL_URL');
  return { transport, problems: report.problems };
}

test.each([
  ['smtp://mail.test', 'smtp'],
  ['SMTP://mail.test', 'smtp'],
  ['smtps://mail.test', 'smtp'],
  ['memory:', 'memory'],
  ['memory://', 'memory'],
  ['log:', 'log'],
  ['file:./mails', 'file'],
  ['pigeon://roof', 'pigeon to roof'],
])('%s', async (url, name) => {
  const { transport, problems } = create(url);
  expect(problems).toEqual([]);
  expect(transport?.name).toBe(name);
  await transport?.close();
});

test.each([
  ['file:./.mail', resolve('.mail')],
  ['file:mails', resolve('mails')],
  ['file:/var/mails', '/var/mails'],
  ['file:///var/my%20mails', '/var/my mails'],
])('%s writes to %s', (url, dir) => {
  const { transport } = create(url);
  expect(transport).toBeInstanceOf(FileTransport);
  expect(transport).toMatchObject({ dir });
});

test.each([
  ['ses://key:hunter22@eu-west-1', /use: \[ses\(\)\].*nest-mailroom\/ses/],
  ['sparkpost://hunter22', /unsupported in this version.*NodemailerPluginTransport/],
  ['sendgrid://hunter22', /sendgrid:\/\/SG\.key@default/],
  ['redis://:hunter22@cache.test', /store/],
  ['stmp://user:hunter22@mail.test', /Did you mean "smtp:"\?/],
  ['pigoen://roof', /Did you mean "pigeon:"\?/],
  ['mail.test', /smtp:\/\/user/],
  ['', /smtp:\/\/user/],
  ['memory:hunter22', /nothing after/],
  ['file:', /file:\.\/folder/],
  ['file://host/hunter22', /file:\.\/folder/],
  ['file:./a%zz', /file:\.\/folder/],
  ['smtp://user:hunter22@mail.test:port', /percent-encoded/],
])('%j is refused', (url, hint) => {
  const { transport, problems } = create(url);
  expect(transport).toBeUndefined();
  expect(problems).toMatchObject([{ where: 'MAIL_URL' }]);
  expect(Object.values(problems[0] ?? {}).join(' ')).toMatch(hint);
  expect(JSON.stringify(problems)).not.toContain('hunter22');
});

test('options complete an SMTP URL', async () => {
  const { transport, problems } = create('smtp://mail.test', { username: 'a', password: 'b', poolSize: 2 });
  expect(problems).toEqual([]);
  await transport?.close();
  expect(
    create('smtp://u:p@mail.test', { username: 'a', password: 'b' }).problems.map(({ where }) => where),
  ).toEqual(['MAIL_URL.username', 'MAIL_URL.password']);
});
