import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { RenderedMessage } from '../../src/message/message.js';
import { ConfigReport } from '../../src/errors/config-report.js';
import { resolveSmtpOptions } from '../../src/transport/smtp/resolve-smtp-options.js';
import { MimeSigner } from '../../src/transport/smtp/sign-mime.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import { dkimRecord, verifyDkim } from '../support/dkim.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import { startSmtpServer } from '../support/smtp-server.js';

const open: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await expectNoOpenSockets();
});

const KEYS = {
  'RSA of 1024 bits': () => generateKeyPairSync('rsa', { modulusLength: 1024 }),
  'RSA of 2048 bits': () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  'RSA of 4096 bits': () => generateKeyPairSync('rsa', { modulusLength: 4096 }),
  Ed25519: () => generateKeyPairSync('ed25519'),
} as const;

const pkcs8 = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const option = (privateKey: string, keySelector = 'mail', domainName = 'from.test') => ({
  domainName,
  keySelector,
  privateKey,
});

/** The mail as a real server received it. */
async function sent(dkim: ReturnType<typeof option>[], message: RenderedMessage): Promise<Buffer> {
  const server = await startSmtpServer();
  open.push(() => server.close());
  const transport = new SmtpTransport({ host: '127.0.0.1', port: server.port, dkim });
  open.push(() => transport.close());
  await transport.send(message, { signal: new AbortController().signal });
  return server.mails[0]!.bytes;
}

const NEWSLETTER = renderedMessage({
  subject: 'Grüße  aus   Köln',
  text: 'two  spaces and some at the end   \n\n\n',
  to: [{ address: 'ada@to.test', name: 'Ada' }, { address: 'b@to.test' }],
  headers: {
    'List-Unsubscribe': `<https://from.test/u/${'x'.repeat(80)}>, <mailto:u@from.test>`,
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': '<news.from.test>',
    References: '<a@x.test> <b@x.test>',
    'X-Unsigned': 'x',
  },
});

const signatureFields = (bytes: Buffer) =>
  [...bytes.toString('latin1').matchAll(/^DKIM-Signature:.*(?:\r\n[ \t].*)*/gm)].map(([field]) => field);

const signedNames = (field: string) =>
  /\bh=([^;]+);/.exec(field)?.[1]?.replaceAll(/\s/g, '').split(':') ?? [];

test.each(Object.entries(KEYS))('dkimpy verifies what %s signed', async (_, generate) => {
  const { privateKey, publicKey } = generate();
  const bytes = await sent([option(pkcs8(privateKey))], NEWSLETTER);
  expect(await verifyDkim(bytes, dkimRecord(publicKey))).toBe(true);
  const changed = bytes.toString('latin1').replace('One-Click', 'Two-Click');
  expect(await verifyDkim(Buffer.from(changed, 'latin1'), dkimRecord(publicKey))).toBe(false);
});

test('an RSA and an Ed25519 key sign beside each other (RFC 8463 §5)', async () => {
  const [rsa, ed25519] = [KEYS['RSA of 2048 bits'](), KEYS.Ed25519()];
  const keys = [option(pkcs8(rsa.privateKey), 'rsa'), option(pkcs8(ed25519.privateKey), 'ed')];
  const bytes = await sent(keys, NEWSLETTER);
  const fields = signatureFields(bytes);
  expect(fields.map((field) => /a=([\w-]+)/.exec(field)?.[1])).toEqual(['rsa-sha256', 'ed25519-sha256']);
  const records = { rsa: dkimRecord(rsa.publicKey), ed: dkimRecord(ed25519.publicKey) };
  expect(await verifyDkim(bytes, records)).toBe(true);
  expect(await verifyDkim(bytes, { ...records, ed: dkimRecord(KEYS.Ed25519().publicKey) })).toBe(false);
});

test('h= names each signed field, From once more than it stands there', async () => {
  const { privateKey, publicKey } = KEYS.Ed25519();
  const bytes = await sent([option(pkcs8(privateKey))], NEWSLETTER);
  const names = signedNames(signatureFields(bytes)[0]!);
  expect(names.filter((name) => name === 'from')).toHaveLength(2);
  expect(names).toEqual(
    expect.arrayContaining(['list-unsubscribe', 'list-unsubscribe-post', 'list-id', 'subject', 'to', 'date']),
  );
  expect(names).not.toContain('x-unsigned');
  const withSecond = Buffer.concat([Buffer.from('From: Bank <b@bank.test>\r\n'), bytes]);
  expect(await verifyDkim(withSecond, dkimRecord(publicKey))).toBe(false);
});

test('no line of a signature is longer than 78 characters', async () => {
  const { privateKey } = KEYS['RSA of 4096 bits']();
  const [field = ''] = signatureFields(await sent([option(pkcs8(privateKey))], NEWSLETTER));
  expect(Math.max(...field.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(78);
});

test.each([
  ['an empty body', { text: '' }],
  ['a body of line ends', { text: '\n\n\n' }],
  ['white space at the ends of lines', { text: 'a \t \n \t\nb\n  ' }],
  ['html and an attachment', { html: '<p>é</p>' }],
])('dkimpy verifies %s', async (_, body) => {
  const { html: _html, ...bare } = renderedMessage();
  const { privateKey, publicKey } = KEYS.Ed25519();
  const bytes = await sent([option(pkcs8(privateKey))], { ...bare, ...body });
  expect(await verifyDkim(bytes, dkimRecord(publicKey))).toBe(true);
});

test('fields of several lines, several of one name, and octets beyond ASCII', async () => {
  const { privateKey, publicKey } = KEYS.Ed25519();
  const mail = [
    'From: a@from.test',
    'To: a@to.test,',
    '\t b@to.test',
    'List-Help: <one>',
    'list-help:  <two>  ',
    'Subject: caf\u00c3\u00a9 \u00c2\u00a0',
    '',
    'no line end \t x',
  ].join('\r\n');
  const signer = new MimeSigner([option(pkcs8(privateKey))]);
  const bytes = await signer.sign(Buffer.from(`${mail}\r\n`, 'latin1'));
  expect(await verifyDkim(bytes, dkimRecord(publicKey))).toBe(true);
});

test('signs for a domain beyond ASCII in its DNS form', async () => {
  const { privateKey, publicKey } = KEYS.Ed25519();
  const bytes = await sent([option(pkcs8(privateKey), 'mail', 'bücher.test')], renderedMessage());
  expect(signatureFields(bytes)[0]).toContain('d=xn--bcher-kva.test;');
  expect(await verifyDkim(bytes, dkimRecord(publicKey))).toBe(true);
});

function problems(key: object): string {
  const report = new ConfigReport();
  resolveSmtpOptions({ host: 'mail.test', dkim: { ...option(''), ...key } }, report, 'smtp');
  return report.problems.map((problem) => Object.values(problem).join(' ')).join('\n');
}

const RSA = KEYS['RSA of 2048 bits']();

test.each([
  ['EC', pkcs8(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey), /type ec/],
  [
    'DSA',
    pkcs8(generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey),
    /type dsa/,
  ],
  ['RSA-PSS', pkcs8(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey), /type rsa-pss/],
  ['Ed448', pkcs8(generateKeyPairSync('ed448').privateKey), /type ed448/],
  ['X25519', pkcs8(generateKeyPairSync('x25519').privateKey), /type x25519/],
  ['RSA of 512 bits', pkcs8(generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey), /512 bits/],
  ['RSA of 1016 bits', pkcs8(generateKeyPairSync('rsa', { modulusLength: 1016 }).privateKey), /1016 bits/],
  [
    'an encrypted key',
    RSA.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter22' }),
    /passphrase protects/,
  ],
  [
    'an encrypted key of the old form',
    RSA.privateKey.export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter22' }),
    /passphrase protects/,
  ],
  ['one line with \\n', pkcs8(RSA.privateKey).replaceAll('\n', '\\n'), /`\\n` written out/],
  ['one line', pkcs8(RSA.privateKey).replaceAll('\n', ' '), /line breaks are lost/],
  ['OpenSSH', '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----', /OpenSSH/],
  ['a public key', RSA.publicKey.export({ type: 'spki', format: 'pem' }), /public key/],
  ['a path', '/etc/dkim.pem', /not its path/],
  ['nothing', undefined, /nothing/],
])('%s is refused at boot', (_, privateKey, reason) => {
  const found = problems({ privateKey });
  expect(found).toMatch(reason);
  expect(found).toContain('smtp.dkim.privateKey');
  expect(found).not.toMatch(/MII|hunter22/);
});

test.each([
  ['domainName', 'from.test; t=y', /no letter/],
  ['domainName', 'a@from.test', /no letter/],
  ['domainName', 'from..test', /two dots/],
  ['keySelector', 'a b', /selector/],
  ['keySelector', '.mail', /selector/],
])('%s %j is refused at boot', (name, value, reason) => {
  const found = problems({ privateKey: pkcs8(RSA.privateKey), [name]: value });
  expect(found).toMatch(reason);
  expect(found).toContain(`smtp.dkim.${name}`);
});

test('a signature that fails fails the mail', async () => {
  // X25519 agrees on secrets and signs nothing; at boot it would have been refused.
  const signer = new MimeSigner([option(pkcs8(generateKeyPairSync('x25519').privateKey))]);
  await expect(signer.sign(Buffer.from('From: a@from.test\r\n\r\nx\r\n'))).rejects.toMatchObject({
    code: 'config',
    message: expect.stringContaining('the key mail of from.test'),
  });
});
