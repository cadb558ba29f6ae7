import { createHash, generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { MailError } from '../../src/errors/mail-error.js';
import { SmtpTransport } from '../../src/transport/smtp/smtp.transport.js';
import type { SmtpOptions } from '../../src/transport/smtp/smtp.options.js';
import { CA } from '../support/certificates.js';
import { expectNoOpenSockets } from '../support/open-handles.js';
import { renderedMessage } from '../support/rendered-message.js';
import { startScriptedServer } from '../support/scripted-server.js';
import { startSmtpServer } from '../support/smtp-server.js';
import type { TestServerOptions } from '../support/smtp-server.js';

const open: Array<() => Promise<unknown>> = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
  await expectNoOpenSockets();
});

const never = (): AbortSignal => new AbortController().signal;

function smtp(options: SmtpOptions): SmtpTransport {
  const transport = new SmtpTransport({ host: '127.0.0.1', ...options });
  open.push(() => transport.close());
  return transport;
}

async function server(options?: TestServerOptions) {
  const started = await startSmtpServer(options);
  open.push(() => started.close());
  return started;
}

async function http(prepare: (server: Server) => void): Promise<number> {
  const started = createHttpServer();
  prepare(started);
  started.listen(0, '127.0.0.1');
  await once(started, 'listening');
  open.push(async () => {
    started.closeAllConnections();
    started.close();
    await once(started, 'close');
  });
  const address = started.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A token endpoint; `answer` gets the number of the request. */
async function tokenServer(answer: (count: number) => object) {
  const requests: string[] = [];
  const reply = async (request: IncomingMessage) => {
    requests.push(await text(request));
    return JSON.stringify(answer(requests.length));
  };
  const port = await http((http) =>
    http.on('request', (request, response) => {
      void reply(request).then((body) => response.end(body));
    }),
  );
  return { requests, accessUrl: `http://127.0.0.1:${port}/token` };
}

describe('OAuth2', () => {
  const tls = { mode: 'required', ca: CA } as const;
  const account = {
    user: 'ada@x.test',
    clientId: 'id',
    clientSecret: 'client-secret',
    refreshToken: 'refresh-secret',
  };

  test('a token is fetched once for all connections', async () => {
    const { requests, accessUrl } = await tokenServer((count) => ({
      access_token: `token-${count}`,
      expires_in: 3600,
    }));
    const { port, mails, logins } = await server({ authOptional: false, authMethods: ['XOAUTH2'] });
    const transport = smtp({ port, tls, oauth2: { ...account, accessUrl }, poolSize: 3, maxMessages: 1 });
    for (let count = 0; count < 2; count++) await transport.send(renderedMessage(), { signal: never() });
    await Promise.all([1, 2, 3].map(() => transport.send(renderedMessage(), { signal: never() })));
    expect(mails).toHaveLength(5);
    expect(new Set(logins)).toEqual(new Set(['XOAUTH2 ada@x.test token-1']));
    expect(requests).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(requests[0]))).toMatchObject({
      grant_type: 'refresh_token',
      client_id: 'id',
      client_secret: 'client-secret',
      refresh_token: 'refresh-secret',
    });
  });

  test('a token that is refused is renewed', async () => {
    const { requests, accessUrl } = await tokenServer((count) => ({ access_token: `token-${count}` }));
    const { port, mails } = await server({
      authOptional: false,
      authMethods: ['XOAUTH2'],
      onAuth({ accessToken }, _session, done) {
        if (accessToken === 'token-2') done(null, { user: 'ada' });
        else done(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } });
      },
    });
    await smtp({ port, tls, oauth2: { ...account, accessUrl } }).send(renderedMessage(), { signal: never() });
    expect(mails).toHaveLength(1);
    expect(requests).toHaveLength(2);
  });

  test('without a token the login fails, and no secret is shown', async () => {
    const { accessUrl } = await tokenServer(() => ({
      error: 'invalid_grant',
      error_description: 'bad refresh-secret',
    }));
    const { port } = await server({ authOptional: false, authMethods: ['XOAUTH2'] });
    const error: unknown = await smtp({ port, tls, oauth2: { ...account, accessUrl } })
      .send(renderedMessage(), { signal: never() })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'authentication', retryable: true, scope: 'transport' });
    expect(String(error)).toContain('invalid_grant');
    expect(`${String(error)} ${error instanceof MailError ? String(error.cause) : ''}`).not.toContain(
      'refresh-secret',
    );
  });

  test('an access token may be given by itself', async () => {
    const { port, logins } = await server({ authOptional: false, authMethods: ['XOAUTH2'] });
    await smtp({ port, tls, username: 'ada', oauth2: { accessToken: 'tok' } }).send(renderedMessage(), {
      signal: never(),
    });
    expect(logins).toEqual(['XOAUTH2 ada tok']);
  });
});

test('DKIM signs what is sent', async () => {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const { port, mails } = await server();
  const keys = ['one', 'two'].map((keySelector) => ({ domainName: 'from.test', keySelector, privateKey }));
  await smtp({ port, dkim: keys }).send(renderedMessage(), { signal: never() });
  const { headers, subject } = await PostalMime.parse(mails[0]!.bytes);
  const signatures = headers.filter(({ key }) => key === 'dkim-signature');
  expect(
    signatures.map(({ value }) => /d=from\.test.*s=(\w+)/.exec(value.replace(/\s+/g, ''))?.[1]),
  ).toHaveLength(2);
  expect(subject).toBe('Welcome');
  expect(bodyHash(signatures[0]!.value)).toBe(relaxedBodyHash(mails[0]!.bytes));
});

const bodyHash = (signature: string): string | undefined =>
  /bh=([^;]+)/.exec(signature.replace(/\s+/g, ''))?.[1];

/** RFC 6376 §3.4.4 by hand. */
function relaxedBodyHash(bytes: Buffer): string {
  const raw = bytes.toString('latin1');
  const body = raw
    .slice(raw.indexOf('\r\n\r\n') + 4)
    .replace(/[ \t]+(?=\r\n)/g, '')
    .replace(/[ \t]+/g, ' ')
    .replace(/(\r\n)*$/, '\r\n');
  return createHash('sha256').update(body, 'latin1').digest('base64');
}

test('through an HTTP proxy', async () => {
  const { port, mails } = await server();
  const asked: string[] = [];
  const proxyPort = await http((proxy) =>
    proxy.on('connect', (request: IncomingMessage, client: Socket) => {
      asked.push(request.url ?? '');
      const target = connect(port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(target).pipe(client);
      });
      client.on('error', () => target.destroy());
      target.on('error', () => client.destroy());
    }),
  );
  const transport = smtp({
    host: 'mail.test',
    port: 2525,
    tls: { ca: CA },
    proxy: `http://127.0.0.1:${proxyPort}`,
  });
  await transport.send(renderedMessage(), { signal: never() });
  expect(asked).toEqual(['mail.test:2525']);
  expect(mails).toHaveLength(1);
});

test('a proxy that refuses makes the transport unavailable', async () => {
  const proxyPort = await http((proxy) =>
    proxy.on('connect', (_request: IncomingMessage, client: Socket) => client.end('HTTP/1.1 407 No\r\n\r\n')),
  );
  const proxy = `http://user:hunter22@127.0.0.1:${proxyPort}`;
  const sending = smtp({ host: 'mail.test', port: 2525, proxy }).send(renderedMessage(), { signal: never() });
  const error: unknown = await sending.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'transport-unavailable', retryable: true });
  expect(String(error)).not.toContain('hunter22');
});

test('requests delivery status notifications (RFC 3461)', async () => {
  const relay = await startScriptedServer((line) =>
    line.startsWith('EHLO') ? '250-test\r\n250 DSN' : undefined,
  );
  open.push(() => relay.close());
  const dsn = {
    id: 'q1',
    return: 'headers',
    notify: ['failure', 'delay'],
    recipient: 'me@from.test',
  } as const;
  const envelope = { from: 'a@from.test', to: ['b@to.test'], dsn };
  await smtp({ port: relay.port }).send(renderedMessage({ envelope }), { signal: never() });
  expect(relay.lines).toContain('MAIL FROM:<a@from.test> RET=HDRS ENVID=q1');
  expect(relay.lines).toContain('RCPT TO:<b@to.test> NOTIFY=FAILURE,DELAY ORCPT=rfc822;me@from.test');
});

describe('an address beyond ASCII', () => {
  const envelope = { from: 'a@from.test', to: ['jõgeva@to.test'] };

  test('goes to a server that offers SMTPUTF8', async () => {
    const relay = await startScriptedServer((line) =>
      line.startsWith('EHLO') ? '250-test\r\n250 SMTPUTF8' : undefined,
    );
    open.push(() => relay.close());
    const transport = smtp({ port: relay.port });
    for (let count = 0; count < 2; count++)
      await transport.send(renderedMessage({ envelope }), { signal: never() });
    expect(relay.lines.filter((line) => line === 'MAIL FROM:<a@from.test> SMTPUTF8')).toHaveLength(2);
    expect(relay.connections).toBe(2);
  });

  test('does not go to a server without it', async () => {
    const relay = await startScriptedServer();
    open.push(() => relay.close());
    const sending = smtp({ port: relay.port }).send(renderedMessage({ envelope }), { signal: never() });
    await expect(sending).rejects.toMatchObject({
      code: 'unsupported',
      retryable: false,
      at: { recipient: 'jõgeva@to.test' },
    });
    expect(relay.lines.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([]);
  });
});

test('the empty sender of a bounce', async () => {
  const relay = await startScriptedServer();
  open.push(() => relay.close());
  await smtp({ port: relay.port }).send(renderedMessage({ envelope: { from: '', to: ['b@to.test'] } }), {
    signal: never(),
  });
  expect(relay.lines).toContain('MAIL FROM:<>');
});

test('the name in EHLO', async () => {
  const relay = await startScriptedServer();
  open.push(() => relay.close());
  await smtp({ port: relay.port, name: 'me.example.test' }).send(renderedMessage(), { signal: never() });
  expect(relay.lines).toContain('EHLO me.example.test');
});

test('debug writes the conversation, without bodies and secrets', async () => {
  const { port } = await server({ authOptional: false });
  const lines: string[] = [];
  const logger = { log: () => {}, debug: (line: string) => void lines.push(line) };
  const options = {
    host: '127.0.0.1',
    port,
    username: 'ada',
    password: 'hunter22',
    tls: { mode: 'required', ca: CA },
    debug: true,
  } as const;
  const transport = new SmtpTransport(options, { logger });
  open.push(() => transport.close());
  await transport.send(renderedMessage(), { signal: never() });
  const written = lines.join('\n');
  expect(written).toMatch(/^C: MAIL FROM:<bounce@from\.test>/m);
  expect(written).toMatch(/^S: 250 /m);
  expect(written).not.toContain('hunter22');
  expect(written).not.toContain(Buffer.from('\0ada\0hunter22').toString('base64'));
  expect(written).not.toContain('Hello Ada');
});
