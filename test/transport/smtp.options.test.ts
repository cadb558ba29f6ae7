import { generateKeyPairSync } from 'node:crypto';
import { MailError } from '../../src/errors/mail-error.js';
import { ConfigReport } from '../../src/errors/config-report.js';
import { resolveSmtpOptions } from '../../src/transport/smtp/resolve-smtp-options.js';
import type { ResolvedSmtpOptions, SmtpOptions } from '../../src/transport/smtp/smtp.options.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import { CA } from '../support/certificates.js';

function resolved(options: SmtpOptions): ResolvedSmtpOptions {
  const report = new ConfigReport();
  const result = resolveSmtpOptions(options, report, 'transport');
  report.throwIfAny('unexpected');
  if (!result) throw new Error('nothing was resolved');
  return result;
}

/** Options as JavaScript may hand them over. */
function problems(options: object): string[] {
  const report = new ConfigReport();
  const result = resolveSmtpOptions(options, report, 'transport');
  expect(result).toBeUndefined();
  return report.problems.map(
    ({ where, expected, found, fix }) =>
      `${where}: expected ${expected}, got ${found}${fix ? `. ${fix}` : ''}`,
  );
}

describe('defaults', () => {
  test('are decided in one place', () => {
    expect(resolved({ host: 'mail.example.test' })).toEqual({
      host: 'mail.example.test',
      port: 587,
      username: undefined,
      password: undefined,
      oauth2: undefined,
      tls: { mode: 'required', ca: undefined, servername: undefined },
      name: undefined,
      poolSize: 5,
      maxMessages: 100,
      connectTimeout: 20_000,
      dkim: [],
      localAddress: undefined,
      proxy: undefined,
      debug: false,
    });
  });

  test.each([
    [{ host: 'mail.test' }, 'required', 587],
    [{ host: 'mail.test', port: 465 }, 'implicit', 465],
    [{ host: 'mail.test', port: 465, tls: 'required' }, 'implicit', 465],
    [{ host: 'mail.test', port: 465, tls: 'off' }, 'off', 465],
    [{ host: 'mail.test', tls: 'implicit' }, 'implicit', 465],
    [{ host: 'mail.test', tls: { mode: 'opportunistic' } }, 'opportunistic', 587],
    [{ host: '127.0.0.1' }, 'opportunistic', 587],
    [{ host: '127.3.2.1' }, 'opportunistic', 587],
    [{ host: '::1' }, 'opportunistic', 587],
    [{ host: 'LocalHost' }, 'opportunistic', 587],
    [{ host: 'localhost', tls: 'required' }, 'required', 587],
    [{ host: '127.0.0.1.example.test' }, 'required', 587],
    [{ host: 'localhost.example.test' }, 'required', 587],
    [{ host: '10.0.0.1' }, 'required', 587],
    [{ host: '::ffff:127.0.0.1' }, 'required', 587],
    [{ url: 'smtp://mail.test' }, 'required', 587],
    [{ url: 'smtp://mail.test:465' }, 'implicit', 465],
    [{ url: 'smtps://mail.test' }, 'implicit', 465],
    [{ url: 'smtps://mail.test:2465' }, 'implicit', 2465],
    [{ url: 'smtp://mailpit:1025?tls=off' }, 'off', 1025],
    [{ url: 'smtp://[::1]:2525' }, 'opportunistic', 2525],
  ] satisfies Array<[SmtpOptions, string, number]>)('of TLS and port for %j: %s', (options, mode, port) => {
    expect(resolved(options)).toMatchObject({ port, tls: { mode } });
  });
});

describe('a URL', () => {
  test('carries login, host, port and parameters', () => {
    expect(
      resolved({
        url: 'smtp://ada%40x.test:p%40ss%2Fw%C3%B6rd%25@mail.test:2525?tls=opportunistic&pool=7&maxMessages=3&name=me.test',
      }),
    ).toMatchObject({
      username: 'ada@x.test',
      password: 'p@ss/wörd%',
      host: 'mail.test',
      port: 2525,
      tls: { mode: 'opportunistic' },
      poolSize: 7,
      maxMessages: 3,
      name: 'me.test',
    });
  });

  test('may be completed by options beside it', () => {
    expect(
      resolved({ url: 'smtp://mail.test', username: 'a', password: 'b', poolSize: 2, tls: { ca: CA } }),
    ).toMatchObject({
      username: 'a',
      password: 'b',
      poolSize: 2,
      tls: { mode: 'required', ca: [CA] },
    });
    expect(resolved({ url: 'smtps://mail.test', tls: { servername: 'x.test' } }).tls).toMatchObject({
      mode: 'implicit',
      servername: 'x.test',
    });
  });

  test('with an international host', () => {
    expect(resolved({ url: 'smtp://b%C3%BCcher.test' }).host).toBe('xn--bcher-kva.test');
    expect(resolved({ url: 'smtp://bücher.test' }).host).toBe('xn--bcher-kva.test');
  });

  test.each([
    ['smtp://', 'host'],
    ['smtp:mail.test', 'host'],
    ['smtp://user:hunter22@', 'smtp://user:password@host:port'],
    ['smtp://user:hun#ter22@mail.test', '%23'],
    ['smtp://user:hun/ter22@mail.test', '%2F'],
    ['smtp://user:hunter22%zz@mail.test', 'percent-encoded'],
    ['smtp://user:hunter22%ff@mail.test', 'percent-encoded'],
    [' smtp://user:hunter22@mail.test', 'without whitespace'],
    ['smtp://user:hunter22@mail.test:99999', 'smtp://user'],
    ['smtp://user:hunter22@mail.test/path', 'nothing after the port'],
    ['smtp://user:hunter22@mail.test?tsl=off', 'Did you mean "tls"'],
    ['smtp://user:hunter22@mail.test?tls=of', 'Did you mean "off"'],
    ['smtp://user:hunter22@mail.test:0', 'from 1 to 65535'],
    ['smtps://user:hunter22@mail.test?tls=off', 'without another `tls` mode'],
    ['http://user:hunter22@mail.test', 'smtp://user:password@host:port'],
    ['smtp://user:hunter22@mail.test\r\nX', 'smtp'],
    ['smtp://user@mail.test', 'both `username` and `password`'],
  ])('%j is refused, and its password not shown', (url, hint) => {
    const found = problems({ url });
    expect(found.join('\n')).toContain(hint);
    expect(found.join('\n')).not.toMatch(/hunter22|ter22/);
  });

  test('and its output stand in one place', () => {
    const url = 'smtp://user:hunter22@mail.test:587?tls=off';
    expect(
      problems({ url, host: 'x.test', port: 25, tls: 'required', username: 'b' }).map(
        (line) => line.split(':')[0],
      ),
    ).toEqual(['transport.host', 'transport.port', 'transport.username', 'transport.tls']);
  });
});

test('reports all faults at once, without a secret', () => {
  const found = problems({
    host: 'no host',
    port: '25',
    password: 'hunter22\n',
    tls: 'mandatory',
    name: 'h\r\nMAIL FROM:<evil@y.test>',
    poolSize: 0,
    maxMessages: 1.5,
    connectTimeout: Number.NaN,
    localAddress: 'eth0',
    proxy: 'socks5://u:hunter22@proxy.test',
    dkim: { domainName: 'x.test', keySelector: 's', privateKey: 'hunter22' },
    debug: 'yes',
    usrname: 'ada',
  });
  const named = ['host', 'port', 'password', 'tls', 'name', 'poolSize', 'maxMessages', 'connectTimeout'];
  for (const name of [...named, 'localAddress', 'proxy', 'dkim.privateKey', 'debug', 'usrname']) {
    expect(found.join('\n')).toContain(`transport.${name}:`);
  }
  expect(found.join('\n')).toContain('Did you mean "username"?');
  expect(found.join('\n')).not.toContain('hunter22');
});

test.each([
  ['auth', { user: 'a', pass: 'hunter22' }, 'username'],
  ['secure', true, "tls: 'implicit'"],
  ['requireTLS', true, "tls: 'required'"],
  ['ignoreTLS', true, "tls: 'off'"],
  ['pool', true, 'poolSize'],
  ['maxConnections', 3, 'poolSize'],
  ['connectionTimeout', 3, 'connectTimeout'],
])("nodemailer's `%s` is answered with ours", (name, value, ours) => {
  const [line] = problems({ host: 'mail.test', [name]: value });
  expect(line).toContain(ours);
  expect(line).not.toContain('hunter22');
});

test.each([
  ['rejectUnauthorized', { tls: { rejectUnauthorized: false } }],
  ['tls.ca', { tls: { ca: '/etc/ca.pem' } }],
  ['tls.mode', { tls: { mode: 'strict' } }],
  ['transport.tls', { tls: 7 }],
  ['transport.host', {}],
  ['transport.host', { host: '' }],
  ['transport.host', { host: 'user:hunter22@mail.test' }],
  ['transport.service', { service: 'gmial' }],
  ['transport.host', { service: 'gmail', host: 'mail.test' }],
  ['oauth2.user', { host: 'mail.test', oauth2: { accessToken: 'hunter22' } }],
  ['oauth2.refreshToken', { host: 'mail.test', username: 'a', oauth2: {} }],
  [
    'transport.password',
    { host: 'mail.test', username: 'a', password: 'hunter22', oauth2: { accessToken: 'x' } },
  ],
  ['dkim[0].domainName', { host: 'mail.test', dkim: [{ keySelector: 's', privateKey: 'x' }] }],
])('refuses at %s', (where, options) => {
  const found = problems(options).join('\n');
  expect(found).toContain(where);
  expect(found).not.toContain('hunter22');
});

test('a service is a well-known host', () => {
  expect(resolved({ service: 'gmail', username: 'a', password: 'b' })).toMatchObject({
    host: 'smtp.gmail.com',
    port: 465,
    tls: { mode: 'implicit' },
  });
  expect(resolved({ service: 'Outlook365' })).toMatchObject({
    host: 'smtp.office365.com',
    port: 587,
    tls: { mode: 'required' },
  });
});

test('DKIM keys are read', () => {
  const { privateKey } = generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const key = { domainName: 'x.test', keySelector: 's', privateKey };
  expect(resolved({ host: 'mail.test', dkim: key }).dkim).toEqual([key]);
  expect(resolved({ host: 'mail.test', dkim: [key, key] }).dkim).toEqual([key, key]);
});

test('a transport with bad options is not built', () => {
  expect(() => new SmtpTransport({ host: 'mail.test', port: -1, poolSize: -1 })).toThrow(MailError);
  expect(() => new SmtpTransport({ host: 'mail.test', port: -1, poolSize: -1 })).toThrow(
    /smtp\.port.*\n.*smtp\.poolSize/,
  );
});
