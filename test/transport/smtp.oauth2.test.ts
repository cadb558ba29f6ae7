import { generateKeyPairSync, verify } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { MailError } from '../../src/errors/mail-error.js';
import { ConfigReport } from '../../src/errors/config-report.js';
import { resolveSmtpOptions } from '../../src/transport/smtp/resolve-smtp-options.js';
import type {
  AccessTokenCallback,
  OAuth2Options,
  SmtpOptions,
} from '../../src/transport/smtp/smtp.options.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import { CA } from '../support/certificates.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import { startSmtpServer } from '../support/smtp-server.js';
import type { TestServer, TestServerOptions } from '../support/smtp-server.js';
import { startTokenServer } from '../support/token-server.js';
import type { TokenAnswers, TokenServer } from '../support/token-server.js';

const open: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await expectNoOpenSockets();
});

const never = (): AbortSignal => new AbortController().signal;
const HOUR = 3_600_000;

async function mailServer(options: TestServerOptions = {}): Promise<TestServer> {
  const started = await startSmtpServer({ authOptional: false, authMethods: ['XOAUTH2'], ...options });
  open.push(() => started.close());
  return started;
}

async function tokenServer(answer: TokenAnswers): Promise<TokenServer> {
  const started = await startTokenServer(answer);
  open.push(() => started.close());
  return started;
}

/** Gives `token-1`, `token-2`, each for an hour. */
const rotating: TokenAnswers = (count) => ({ access_token: `token-${count}`, expires_in: 3600 });

interface Account {
  readonly transport: SmtpTransport;
  readonly lines: readonly string[];
  send(signal?: AbortSignal): Promise<unknown>;
  failure(signal?: AbortSignal): Promise<MailError>;
  pass(ms: number): void;
}

/** A transport with a clock that stands still, and the lines of its debug log. */
function account(port: number, oauth2: OAuth2Options, options: SmtpOptions = {}): Account {
  let now = Date.now();
  const lines: string[] = [];
  const transport = new SmtpTransport(
    {
      host: '127.0.0.1',
      port,
      tls: { mode: 'required', ca: CA },
      username: 'ada@x.test',
      debug: true,
      oauth2,
      // Every mail logs in anew.
      maxMessages: 1,
      ...options,
    },
    { clock: () => now, logger: { debug: (line: string) => lines.push(line) } as never },
  );
  open.push(() => transport.close());
  const send = (signal = never()) => transport.send(renderedMessage(), { signal });
  return {
    transport,
    lines,
    send,
    async failure(signal) {
      const error: unknown = await send(signal).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!MailError.is(error)) throw new Error(`expected a MailError, got ${String(error)}`);
      return error;
    },
    pass: (ms) => void (now += ms),
  };
}

const client = (tokenUrl: string) => ({
  clientId: 'app-id',
  clientSecret: 'client-secret',
  tokenUrl,
  scope: 'mail',
});

/** All that an error shows, however it is printed. */
const shown = (error: MailError): string =>
  [
    String(error),
    error.stack,
    JSON.stringify(error),
    String(error.cause),
    error.cause instanceof Error && error.cause.stack,
  ].join('\n');

describe('ways to a token', () => {
  test('client credentials', async () => {
    const tokens = await tokenServer(rotating);
    const { port, logins } = await mailServer();
    const { send } = account(port, client(tokens.url));
    await send();
    expect(logins).toEqual(['XOAUTH2 ada@x.test token-1']);
    expect(tokens.requests).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'app-id',
        client_secret: 'client-secret',
        scope: 'mail',
      },
    ]);
    expect(tokens.headers[0]).toMatchObject({
      accept: 'application/json',
      'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/),
    });
  });

  test("a service account's assertion is signed for the mailbox, the scope and the endpoint", async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const tokens = await tokenServer(rotating);
    const { port, logins } = await mailServer();
    await account(port, { serviceClient: 'robot@project.test', privateKey, tokenUrl: tokens.url }).send();
    expect(logins).toEqual(['XOAUTH2 ada@x.test token-1']);
    const { grant_type: grant, assertion = '', ...rest } = tokens.requests[0] ?? {};
    expect(rest).toEqual({});
    expect(grant).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = assertion.split('.');
    expect(
      verify('sha256', Buffer.from(`${header}.${claims}`), publicKey, Buffer.from(signature, 'base64url')),
    ).toBe(true);
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT' });
    const { iat, exp, ...named } = read(claims) as { iat: number; exp: number };
    expect(named).toEqual({
      iss: 'robot@project.test',
      sub: 'ada@x.test',
      scope: 'https://mail.google.com/',
      aud: tokens.url,
    });
    expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(60);
    expect(exp - iat).toBe(300);
  });

  test('a refresh token, which the endpoint may replace each time', async () => {
    const tokens = await tokenServer((count) => ({
      access_token: `token-${count}`,
      expires_in: '3600',
      refresh_token: `refresh-${count}`,
    }));
    const { port, logins } = await mailServer();
    const { send, pass } = account(port, {
      refreshToken: 'refresh-0',
      clientId: 'app-id',
      tokenUrl: tokens.url,
    });
    for (let count = 0; count < 3; count += 1) {
      await send();
      pass(HOUR);
    }
    expect(logins).toEqual([1, 2, 3].map((count) => `XOAUTH2 ada@x.test token-${count}`));
    expect(tokens.requests.map((form) => form['refresh_token'])).toEqual([
      'refresh-0',
      'refresh-1',
      'refresh-2',
    ]);
  });

  test('a callback, one call for all connections', async () => {
    const { port, logins } = await mailServer();
    let give = (_token: string): void => {};
    const accessToken = jest.fn<ReturnType<AccessTokenCallback>, [AbortSignal]>(
      () =>
        new Promise((resolve) => {
          give = (token) => resolve({ token, expiresAt: new Date(Date.now() + HOUR) });
        }),
    );
    const { transport } = account(port, { accessToken }, { poolSize: 5 });
    const sending = Promise.all(
      Array.from({ length: 5 }, () => transport.send(renderedMessage(), { signal: never() })),
    );
    while (accessToken.mock.calls.length === 0) await new Promise(setImmediate);
    give('token-1');
    await sending;
    await transport.verify({ signal: never() });
    expect(accessToken).toHaveBeenCalledTimes(1);
    expect(logins).toEqual(Array.from({ length: 6 }, () => 'XOAUTH2 ada@x.test token-1'));
  });
});

describe('a token', () => {
  const refused = { code: 535, text: 'Username and Password not accepted' };

  test.each([
    ['an hour', 3600, 54.9 * 60_000, 55.1 * 60_000],
    ['a minute', 60, 53_000, 55_000],
  ])('for %s is renewed before it ends', async (_title, seconds, early, late) => {
    const tokens = await tokenServer((count) => ({ access_token: `token-${count}`, expires_in: seconds }));
    const { port, logins } = await mailServer();
    const { send, pass } = account(port, client(tokens.url));
    await send();
    pass(early);
    await send();
    expect(tokens.requests).toHaveLength(1);
    pass(late - early);
    await send();
    expect(logins.at(-1)).toBe('XOAUTH2 ada@x.test token-2');
  });

  test('without an end is used until a server refuses it', async () => {
    const tokens = await tokenServer((count) => ({ access_token: `token-${count}` }));
    const { port } = await mailServer();
    const { send, pass } = account(port, client(tokens.url));
    await send();
    pass(1000 * HOUR);
    await send();
    expect(tokens.requests).toHaveLength(1);
  });

  test('that is about to end is used until it ends, if no other can be had', async () => {
    const tokens = await tokenServer((count, response) => {
      if (count === 1) return rotating(count, response);
      response.writeHead(503).end();
      return undefined;
    });
    const { port, mails } = await mailServer();
    const { send, failure, pass } = account(port, client(tokens.url));
    await send();
    pass(HOUR - 60_000);
    await send();
    expect(mails).toHaveLength(2);
    pass(60_000);
    expect(await failure()).toMatchObject({ code: 'transport-unavailable' });
  });

  test.each(['at once', 'with its reasons first'])('that is refused %s is renewed once', async (how) => {
    const tokens = await tokenServer(rotating);
    const { port, mails } = await mailServer({
      onAuth({ accessToken }, _session, done) {
        if (accessToken === 'token-2') done(null, { user: 'ada' });
        else if (how === 'at once')
          done(Object.assign(new Error(refused.text), { responseCode: refused.code }));
        else done(null, { data: { status: '400', schemes: 'Bearer', scope: 'mail' } });
      },
    });
    const { send } = account(port, client(tokens.url));
    await send();
    await send();
    expect(mails).toHaveLength(2);
    expect(tokens.requests).toHaveLength(2);
  });

  test('that several connections see refused is renewed once for all', async () => {
    const tokens = await tokenServer(rotating);
    const { port, mails } = await mailServer({
      refuseLogin: (_user, token) => (token === 'token-1' ? refused : undefined),
    });
    const { transport } = account(port, client(tokens.url), { poolSize: 4 });
    await Promise.all([1, 2, 3, 4].map(() => transport.send(renderedMessage(), { signal: never() })));
    expect(mails).toHaveLength(4);
    expect(tokens.requests).toHaveLength(2);
  });

  test.each<[string, (url: string) => OAuth2Options, number]>([
    ['that is renewed', client, 2],
    ['given by itself', () => ({ accessToken: 'token-1' }), 0],
    ['that the callback gives again', () => ({ accessToken: async () => ({ token: 'token-1' }) }), 0],
  ])('%s and refused again is a failed login', async (_title, oauth2, requests) => {
    const tokens = await tokenServer(rotating);
    const refuseLogin = jest.fn(() => refused);
    const { port } = await mailServer({ refuseLogin });
    const error = await account(port, oauth2(tokens.url)).failure();
    expect(error).toMatchObject({
      code: 'authentication',
      retryable: true,
      scope: 'transport',
      outcome: 'not-sent',
      smtp: { code: 535, text: refused.text, command: 'AUTH XOAUTH2' },
    });
    expect(tokens.requests).toHaveLength(requests);
    expect(refuseLogin).toHaveBeenCalledTimes(Math.max(1, requests));
  });

  test('is not renewed for a refusal of another kind', async () => {
    const tokens = await tokenServer(rotating);
    const { port } = await mailServer({ refuseLogin: () => ({ code: 454, text: 'Temporary failure' }) });
    expect(await account(port, client(tokens.url)).failure()).toMatchObject({ smtp: { code: 454 } });
    expect(tokens.requests).toHaveLength(1);
  });

  test('is not shown to a server that offers no XOAUTH2', async () => {
    const tokens = await tokenServer(rotating);
    const { port, logins } = await mailServer({ authMethods: ['PLAIN', 'LOGIN'] });
    const error = await account(port, client(tokens.url)).failure();
    expect(error).toMatchObject({ code: 'authentication', retryable: true });
    expect(error.message).toContain('It offers PLAIN, LOGIN, and no XOAUTH2');
    expect([logins, tokens.requests]).toEqual([[], []]);
  });
});

const json = (status: number, body: object) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const html = (status: number) => (response: ServerResponse) =>
  void response.writeHead(status, { 'content-type': 'text/html' }).end('<p>client-secret</p>');
const invalid = { error: 'invalid_client', error_description: 'AADSTS7000215: bad client-secret' };

describe('an endpoint', () => {
  test.each<[string, (response: ServerResponse) => void, string, string]>([
    [
      'that answers 400 invalid_client',
      json(400, invalid),
      'authentication',
      'Check `clientId` and `clientSecret`',
    ],
    ['that answers 401 invalid_client', json(401, invalid), 'authentication', 'AADSTS7000215: bad ***'],
    [
      'that answers 200 with an error',
      json(200, { error: 'invalid_grant' }),
      'authentication',
      'refresh token',
    ],
    [
      'that answers 400 unauthorized_client',
      json(400, { error: 'unauthorized_client' }),
      'authentication',
      'whole domain',
    ],
    [
      'that answers 400 invalid_scope',
      json(400, { error: 'invalid_scope' }),
      'authentication',
      'Check `scope`',
    ],
    ['that answers 400 with no JSON', html(400), 'authentication', '(400)'],
    ['that answers 403 with no JSON', html(403), 'authentication', '(403)'],
    ['that answers 500', html(500), 'transport-unavailable', 'out of order (500)'],
    [
      'that answers 503 temporarily_unavailable',
      json(503, { error: 'temporarily_unavailable' }),
      'transport-unavailable',
      'temporarily_unavailable',
    ],
    [
      'that answers 400 temporarily_unavailable',
      json(400, { error: 'temporarily_unavailable' }),
      'transport-unavailable',
      'out of order',
    ],
    ['that answers 404', html(404), 'transport-unavailable', 'Check `tokenUrl`'],
    ['that answers HTML', html(200), 'transport-unavailable', 'no token (text/html)'],
    [
      'that answers JSON that is no object',
      json(200, []),
      'transport-unavailable',
      'no token (application/json)',
    ],
    ['that answers no token', json(200, { token_type: 'Bearer' }), 'transport-unavailable', 'no token'],
    [
      'that answers a token that is no text',
      json(200, { access_token: 7 }),
      'transport-unavailable',
      'no token',
    ],
    [
      'that answers a token with a line end',
      json(200, { access_token: 'a\r\nQUIT' }),
      'transport-unavailable',
      'no token',
    ],
    [
      'that answers more than a token',
      json(200, { access_token: 'x'.repeat(300_000) }),
      'transport-unavailable',
      'no token',
    ],
    [
      'that answers nothing',
      (response) => void response.writeHead(204).end(),
      'transport-unavailable',
      '204',
    ],
    ['that hangs up', (response) => void response.destroy(), 'transport-unavailable', 'could not be reached'],
    [
      'that hangs up in the middle',
      (response) => {
        response.writeHead(200, { 'content-length': 1000 }).write('{"access_token":"');
        response.destroy();
      },
      'transport-unavailable',
      'could not be reached',
    ],
  ])('%s fails the login and blames no mail', async (_title, answer, code, said) => {
    const tokens = await tokenServer((_count, response) => {
      answer(response);
      return undefined;
    });
    const { port, mails } = await mailServer();
    const error = await account(port, client(tokens.url)).failure();
    expect(error).toMatchObject({ code, retryable: true, scope: 'transport', outcome: 'not-sent' });
    expect(error.message).toContain(said);
    expect(error.message).toContain(tokens.url);
    expect(shown(error)).not.toContain('client-secret');
    expect(mails).toEqual([]);
  });

  test('that is down counts like a mail server that is down', async () => {
    const tokens = await tokenServer(rotating);
    await tokens.close();
    const { port } = await mailServer();
    const error = await account(port, client(tokens.url)).failure();
    expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, outcome: 'not-sent' });
    expect(error.message).toMatch(/could not be reached: .*ECONNREFUSED/);
  });

  test.each([
    ['120', 120_000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  ])('that asks to be left alone (Retry-After: %s)', async (header, retryAfterMs) => {
    const tokens = await tokenServer((_count, response) => {
      response.writeHead(429, { 'retry-after': header }).end();
      return undefined;
    });
    const { port } = await mailServer();
    const error = await account(port, client(tokens.url)).failure();
    expect([error.code, error.retryAfterMs]).toEqual(['transport-unavailable', retryAfterMs]);
  });

  test('is the one that gets the secrets: no redirect is followed', async () => {
    const other = await tokenServer(rotating);
    const tokens = await tokenServer((_count, response) => {
      response.writeHead(307, { location: other.url }).end();
      return undefined;
    });
    const { port } = await mailServer();
    const error = await account(port, client(tokens.url)).failure();
    expect(error.message).toContain('answered 307 with another address');
    expect(other.requests).toEqual([]);
  });

  test('with a key in its query does not show it', async () => {
    const tokens = await tokenServer((_count, response) => {
      response.writeHead(404).end();
      return undefined;
    });
    const { port } = await mailServer();
    const error = await account(port, client(`${tokens.url}?code=function-key`)).failure();
    expect(error.message).toContain(tokens.url);
    expect(shown(error)).not.toContain('function-key');
  });

  test.each<[string, TokenAnswers]>([
    ['never answers', () => undefined],
    [
      'never ends its answer',
      (_count, response) => {
        response.writeHead(200).write('{');
        return undefined;
      },
    ],
  ])('that %s is waited for as long as connectTimeout says', async (_title, answer) => {
    const tokens = await tokenServer(answer);
    const { port } = await mailServer();
    const error = await account(port, client(tokens.url), { connectTimeout: 2000 }).failure();
    expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, outcome: 'not-sent' });
    expect(error.message).toContain('within 2000 ms');
  });

  test('that is slow does not keep aborted mails, and serves the next', async () => {
    let answer = (): void => {};
    const tokens = await tokenServer((count, response) => {
      answer = () => response.end(JSON.stringify({ access_token: `token-${count}` }));
      return undefined;
    });
    const { port, mails } = await mailServer();
    const { send, failure } = account(port, client(tokens.url));
    const abort = new AbortController();
    const failing = failure(abort.signal);
    await tokens.asked(1);
    const waiting = send();
    abort.abort();
    expect(await failing).toMatchObject({ code: 'aborted', outcome: 'not-sent' });
    answer();
    await waiting;
    expect(mails).toHaveLength(1);
    expect(tokens.requests).toHaveLength(1);
  });

  test('that is slow does not keep the transport from closing', async () => {
    const tokens = await tokenServer(() => undefined);
    const { port } = await mailServer();
    const { transport, failure } = account(port, client(tokens.url));
    const failing = failure();
    await tokens.asked(1);
    await transport.close();
    expect(await failing).toMatchObject({ code: 'closed', outcome: 'not-sent' });
  });
});

describe('a callback', () => {
  test('gets a signal when nobody waits for it any more', async () => {
    const { port } = await mailServer();
    let reason: unknown;
    const accessToken: AccessTokenCallback = (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(new Error('given up'));
        });
      });
    const error = await account(port, { accessToken }, { connectTimeout: 2000 }).failure();
    expect(error).toMatchObject({ code: 'transport-unavailable' });
    expect(reason).toBe(error);
  });

  test.each<[string, unknown, string]>([
    ['no object', undefined, '`token`'],
    ['no token', { accessToken: 'hunter22' }, '`token`'],
    ['a token with spaces', { token: 'hunter22 ' }, '`token`'],
    ['an end in seconds', { token: 'hunter22', expiresAt: 1_800_000_000 }, 'in seconds'],
    ['an end that is no date', { token: 'hunter22', expiresAt: new Date('never') }, '`expiresAt`'],
    ['an end as text', { token: 'hunter22', expiresAt: '2027-01-01' }, '`expiresAt`'],
  ])('that gives %s is told what is wrong', async (_title, given, said) => {
    const { port } = await mailServer();
    const error = await account(port, { accessToken: async () => given as never }).failure();
    expect(error).toMatchObject({ code: 'authentication', retryable: true, scope: 'transport' });
    expect(error.message).toContain('`oauth2.accessToken`');
    expect(error.message).toContain(said);
    expect(shown(error)).not.toContain('hunter22');
  });

  test.each<[string, AccessTokenCallback]>([
    ['rejects', () => Promise.reject(Object.assign(new Error('vault is sealed'), { config: 'hunter22' }))],
    [
      'throws',
      () => {
        throw new Error('vault is sealed');
      },
    ],
  ])('that %s is a token that cannot be had now', async (_title, accessToken) => {
    const { port } = await mailServer();
    const error = await account(port, { accessToken }).failure();
    expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true, outcome: 'not-sent' });
    expect(error.message).toContain('vault is sealed');
    // That of an HTTP client would hold the request.
    expect(error.cause).toBeUndefined();
  });
});

test('secrets are shown in no error and no line of the log, however they are quoted', async () => {
  const secrets = ['client-secret', 'refresh-secret', 'refresh-2nd', 'token-secret'];
  const tokens = await tokenServer((count, response) => {
    if (count === 1) return { access_token: 'token-secret', refresh_token: 'refresh-2nd' };
    const quoted = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('base64')]);
    json(400, { error: 'invalid_grant', error_description: quoted.join(' ') })(response);
    return undefined;
  });
  const { port } = await mailServer({
    onAuth({ username, accessToken }, _session, done) {
      const sasl = Buffer.from(`user=${username}\x01auth=Bearer ${accessToken}\x01\x01`).toString('base64');
      done(Object.assign(new Error(`bad ${accessToken} in ${sasl}`), { responseCode: 535 }));
    },
  });
  const oauth2 = {
    refreshToken: 'refresh-secret',
    clientId: 'app-id',
    clientSecret: 'client-secret',
    tokenUrl: tokens.url,
  };
  const { failure, lines } = account(port, oauth2);
  const error = await failure();
  expect(error.message).toContain('invalid_grant: *** ***');
  const log = lines.join('\n');
  expect(log).toContain('AUTH XOAUTH2');
  expect(log).toContain('535 bad *** in');
  for (const secret of secrets) {
    const core = Buffer.from(secret).toString('base64').slice(0, 12);
    expect(`${shown(error)}\n${log}`).not.toContain(secret);
    expect(`${shown(error)}\n${log}`).not.toContain(core);
    // As it stands within the base64 of user and token.
    for (const before of [' ', '  ']) {
      const within = Buffer.from(`${before}${secret}`).toString('base64').slice(4, 14);
      expect(log).not.toContain(within);
    }
  }
});

const { privateKey: KEY } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const { privateKey: EC_KEY, publicKey: PUBLIC_KEY } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const { privateKey: LOCKED_KEY } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter22' },
});

function resolve(oauth2: object): { resolved: unknown; problems: string } {
  const report = new ConfigReport();
  const resolved = resolveSmtpOptions({ host: 'mail.test', username: 'ada', oauth2 }, report, 'transport');
  return {
    resolved: resolved?.oauth2,
    problems: report.problems.map((problem) => report.line(problem)).join('\n'),
  };
}

describe('at boot', () => {
  const tenant = '8eaef023-2b34-4da1-9baa-8bc8c9d6a490';
  const secret = { clientId: 'app-id', clientSecret: 'hunter22' };

  test.each([
    [
      'a tenant',
      { ...secret, tenant },
      {
        tokenUrl: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
        scope: 'https://outlook.office365.com/.default',
      },
    ],
    [
      'a tenant by its domain',
      { ...secret, tenant: 'contoso.onmicrosoft.com', scope: 's' },
      { tokenUrl: 'https://login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token', scope: 's' },
    ],
    [
      'a URL',
      { ...secret, tokenUrl: 'https://id.test/token' },
      { tokenUrl: 'https://id.test/token', scope: undefined },
    ],
    [
      'a refresh token',
      { refreshToken: 'hunter22' },
      { tokenUrl: 'https://oauth2.googleapis.com/token', scope: undefined },
    ],
    [
      'a refresh token of Microsoft',
      { refreshToken: 'hunter22', tenant },
      { tokenUrl: `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token` },
    ],
    [
      'a service account',
      { serviceClient: 'robot@x.test', privateKey: KEY },
      { tokenUrl: 'https://oauth2.googleapis.com/token', scope: 'https://mail.google.com/', user: 'ada' },
    ],
  ])('%s stands for endpoint and scope', (_title, oauth2, origin) => {
    const { resolved, problems } = resolve(oauth2);
    expect(problems).toBe('');
    expect(resolved).toMatchObject({ user: 'ada', origin });
  });

  test.each<[object, string]>([
    [
      {},
      'expected `accessToken`, `refreshToken`, `clientId` with `clientSecret`, or `serviceClient` with `privateKey`, got none of them',
    ],
    [{ ...secret }, 'transport.oauth2.tokenUrl: expected `tenant` (Microsoft) or `tokenUrl`, got neither'],
    [
      { clientId: 'app-id', tenant },
      'transport.oauth2.clientSecret: expected the secret of the client, got nothing',
    ],
    [
      { clientSecret: 'hunter22', tenant },
      'transport.oauth2.clientId: expected the id of the client, got nothing',
    ],
    [
      { ...secret, tenant, tokenUrl: 'https://id.test' },
      'transport.oauth2.tokenUrl: expected the token endpoint in one place, got it beside `tenant`',
    ],
    [
      { refreshToken: 'hunter22', tokenUrl: 'https://a.test', accessUrl: 'https://b.test' },
      'transport.oauth2.accessUrl: expected the token endpoint in one place',
    ],
    [{ ...secret, tenant: 'common' }, 'An application logs in to one organisation'],
    [{ ...secret, tenant: '../evil' }, 'transport.oauth2.tenant: expected'],
    [
      { ...secret, tokenUrl: 'ftp://id.test' },
      'transport.oauth2.tokenUrl: expected a http:// or https:// URL',
    ],
    [{ ...secret, tokenUrl: 'https://app:hunter22@id.test' }, 'without a login in it'],
    [
      { ...secret, tenant, refreshToken: 'hunter22', accessToken: 'hunter22' },
      'transport.oauth2.refreshToken: expected nothing beside `accessToken`',
    ],
    [
      { accessToken: 'hunter22', scope: 'x' },
      'transport.oauth2.scope: expected nothing beside `accessToken`',
    ],
    [{ accessToken: 7 }, 'a token, or a function that gives `{ token, expiresAt }`'],
    [
      { serviceClient: 'robot@x.test', privateKey: KEY, ...secret },
      'transport.oauth2.clientSecret: expected nothing beside `serviceClient`',
    ],
    [
      { serviceClient: 'robot@x.test' },
      'transport.oauth2.privateKey: expected a private key in PEM form, got nothing',
    ],
    [
      { privateKey: KEY },
      "transport.oauth2.serviceClient: expected the service account's address, got nothing",
    ],
    [
      { serviceClient: 'robot@x.test', privateKey: EC_KEY },
      'transport.oauth2.privateKey: expected an RSA key, as RS256 needs, got one for ec',
    ],
    [{ serviceclient: 'robot@x.test', privateKey: KEY }, 'Did you mean "serviceClient"?'],
    [{ accessToken: 'hunter22', expires: 1 }, 'Write `accessToken` as a function'],
    [{ ...secret, tenantId: tenant }, 'Write `tenant`'],
  ])('%j is refused, and its secrets not shown', (oauth2, said) => {
    const { resolved, problems } = resolve(oauth2);
    expect(resolved).toBeUndefined();
    expect(problems).toContain(said);
    expect(problems).not.toContain('hunter22');
  });

  test.each([
    ['a path', '/run/secrets/hunter22.pem', 'Give the content of the file, not its path'],
    [
      'a key with written-out line ends',
      KEY.replaceAll('\n', '\\n'),
      "write `key.replaceAll('\\\\n', '\\n')`",
    ],
    [
      'a whole key file',
      JSON.stringify({ private_key: KEY }),
      'Give the `private_key` of the key file alone',
    ],
    ['quotation marks', `"${KEY}"`, 'Remove the quotation marks'],
    ['a public key', PUBLIC_KEY, 'got a certificate or a public key'],
    ['a locked key', LOCKED_KEY, 'a passphrase'],
    ['lost line ends', KEY.replaceAll('\n', ' '), 'whose line breaks are lost'],
    ['a part of a key', KEY.slice(0, 500), 'It may have been cut off'],
  ])('%s instead of a private key is named, also for DKIM', (_title, privateKey, said) => {
    const { problems } = resolve({ serviceClient: 'robot@x.test', privateKey });
    const report = new ConfigReport();
    const dkim = { domainName: 'x.test', keySelector: 's', privateKey };
    resolveSmtpOptions({ host: 'mail.test', dkim }, report, 'transport');
    for (const text of [problems, report.problems.map((problem) => report.line(problem)).join('\n')]) {
      expect(text).toContain(said);
      expect(text).not.toContain('hunter22');
      expect(text).not.toContain(KEY.slice(100, 120));
    }
  });
});
