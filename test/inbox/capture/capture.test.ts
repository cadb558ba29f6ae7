import { MailQueueService } from 'nest-mailroom';
import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import { redact } from '../../../src/inbox/capture/redact.js';
import { cleanup, folder } from '../../support/application.js';
import { at, server } from '../../support/queueing.js';
import { startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

const ADA = 'ada@example.test';

async function newest(read: <T>(path: string) => Promise<T>): Promise<MessageView> {
  const { messages } = await read<MessagePage>('api/messages?limit=1');
  return read<MessageView>(`api/messages/${messages[0]?.id}`);
}

test('copies mails of a real transport, with the reply of the server', async () => {
  const smtp = await server((line) =>
    line.startsWith('RCPT TO:<bob') ? '550 5.1.1 no such user' : undefined,
  );
  const { mail, read } = await startInbox({ mail: { transport: at(smtp.port) } });
  await mail.send({ to: [ADA, 'bob@example.test'], subject: 'Both', text: 'x' });
  const view = await newest(read);
  expect(view.status).toBe('sent');
  expect(view.timeline.map(({ kind, recipient }) => [kind, recipient])).toEqual([
    ['captured', undefined],
    ['sending', undefined],
    ['sent', undefined],
    ['failed', 'bob@example.test'],
  ]);
  expect(view.timeline[3]?.smtp).toMatchObject({ code: 550, enhanced: '5.1.1', text: 'no such user' });
  await mail.send({ to: 'bob@example.test', subject: 'None', text: 'x' }).catch(() => undefined);
  expect((await newest(read)).status).toBe('failed');
});

test('does not copy mails of a real transport if watch is off', async () => {
  const smtp = await server();
  const { mail, read } = await startInbox({ mail: { transport: at(smtp.port) }, inbox: { watch: false } });
  await mail.send({ to: ADA, subject: 'Private', text: 'x' });
  expect(await read('api/messages')).toMatchObject({ total: 0 });
});

test('follows a mail through the queue, and shows it once even if it is queued twice', async () => {
  const { app, mail, read } = await startInbox();
  const queued = await mail.queue({ to: ADA, subject: 'Once', text: 'x' }, { idempotencyKey: 'k' });
  await mail.queue({ to: ADA, subject: 'Twice', text: 'x' }, { idempotencyKey: 'k' });
  await app.get(MailQueueService).drain();
  const { messages } = await read<MessagePage>('api/messages');
  expect(messages.map(({ subject, status, queueId }) => ({ subject, status, queueId }))).toEqual([
    { subject: 'Once', status: 'captured', queueId: queued.id },
  ]);
  expect((await newest(read)).timeline.map(({ kind }) => kind)).toEqual([
    'captured',
    'queued',
    'sending',
    'captured',
  ]);
});

test('shows the context of a template without its secrets', async () => {
  const dir = await folder({
    'welcome.hbs': '---\nsubject: Hi {{user.name}}\n---\n<p>Your code: {{code}}</p>',
  });
  const { mail, read } = await startInbox({ mail: { templates: { dir, watch: false } } });
  const user = {
    name: 'Ada',
    password: 'hunter2',
    apiKey: 'k',
    sessionToken: 't',
    nested: [{ Authorization: 'b' }],
  };
  const context = { user, code: '123456', sentAt: new Date(0), picture: Buffer.from('abc') };
  await mail.send({ to: ADA, template: 'welcome', context });
  const view = await newest(read);
  expect(view.template).toBe('welcome');
  expect(view.context).toEqual({
    user: {
      name: 'Ada',
      password: '[hidden]',
      apiKey: '[hidden]',
      sessionToken: '[hidden]',
      nested: [{ Authorization: '[hidden]' }],
    },
    code: '123456',
    sentAt: '1970-01-01T00:00:00.000Z',
    picture: '[3 bytes]',
  });
  expect(view.codes).toEqual(['123456']);
});

const SECRETS = [
  'password dbPassword passwordHash password_hash passwordSalt password2 PASSWD pwd pass',
  'smtp-pass passphrase passcode clientSecret secretkey secrets JWT jwtPayload token',
  'tokens resettoken OAUTH2_TOKEN oauth bearer auth auth_header Authorization accessKey',
  'apikey APIKey private_key signing-key cookies session sessionId',
  'APIkey APIkeys DBpass HMACkey SSHkey dbpass dbpass2 userpass ftppass smtpPass userpwd dbPwd sshKey sshkey',
  'hmacKey hmackey privkey privateKeyPem masterKey licenseKey webhookKey passkeys psk csrf PHPSESSID',
  'connectionString passwort Kennwort contraseña motDePasse wachtwoord senha',
].join(' ');

test.each(SECRETS.split(' '))('hides a value by its name %s', (name) => {
  expect(redact({ [name]: { deep: 'hunter2' } })).toEqual({ [name]: '[hidden]' });
});

test.each([
  'passenger',
  'passport',
  'passive',
  'passes',
  'compass',
  'gyrocompass',
  'compassHeading',
  'bypass',
  'trespass',
  'surpass',
  'monkey',
  'turkey',
  'hockey',
  'whiskey',
  'key',
  'primaryKey',
  'translationKey',
  'sortKey',
  'publicKey',
  'keyword',
  'author',
  'authority',
  'secretary',
  'keyboard',
  'sessions',
  'code',
])('leaves the harmless name %s', (name) => {
  expect(redact({ [name]: 'Ada' })).toEqual({ [name]: 'Ada' });
});

test('limits the visited values, even if one object is referenced many times', () => {
  const inner = Array.from({ length: 100 }, () => 'x');
  const context = [1, 2, 3, 4, 5].reduce<unknown[]>(
    (value) => Array.from({ length: 100 }, () => value),
    inner,
  );
  expect(JSON.stringify(redact({ context })).length).toBeLessThan(500_000);
});

test.each([
  ['postgres://app:hunter2@db.test:5432/x', 'postgres://[hidden]@db.test:5432/x'],
  [
    'see https://hunter2@a.test/ and redis://:p@hunter2@b.test',
    'see https://[hidden]@a.test/ and redis://[hidden]@b.test',
  ],
  ['https://a.test/@ada?to=b@c.test', 'https://a.test/@ada?to=b@c.test'],
])('hides a login in the URL %s', (databaseUrl, shown) => {
  expect(redact({ databaseUrl })).toEqual({ databaseUrl: shown });
});

test('hides a login before it shortens a text, as the cut may split the login', () => {
  const text = `${'x'.repeat(1_980)} smtp://ada:${'hunter2'.repeat(9)}@mail.test`;
  expect(redact({ text })).toEqual({ text: `${'x'.repeat(1_980)} smtp://[hidden]@mai…` });
});
