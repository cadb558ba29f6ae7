import type { RenderedMessage } from '../../../src/message/message.js';
import { plainMessage, transportOf, withProvider } from '../../support/provider-transport.js';

const never = new AbortController().signal;

const hrefOf = (input: Parameters<typeof fetch>[0]): string =>
  typeof input === 'string' ? input : 'url' in input ? input.url : input.href;

/** Counts the requests by their paths. */
function counting() {
  const paths: string[] = [];
  const own: typeof fetch = (input, init) => {
    paths.push(new URL(hrefOf(input)).pathname);
    return fetch(input, init);
  };
  const tokens = () => paths.filter((path) => path.endsWith('/token')).length;
  return { fetch: own, paths, tokens };
}

const bodyOf = (body: unknown): string => Buffer.from(String(body), 'base64').toString();

test('one token serves all mails, and comes through the fetch of the caller', async () => {
  const { fetch: own, tokens } = counting();
  await withProvider(
    'graph',
    [],
    async ({ transport, server }) => {
      await Promise.all(
        [1, 2, 3].map((index) =>
          transport.send(plainMessage({ messageId: `<${index}@from.test>` }), { signal: never }),
        ),
      );
      await transport.verify({ signal: never });
      expect([server.mails.length, server.problems, tokens()]).toEqual([3, [], 1]);
    },
    { fetch: own },
  );
});

test('a token that comes again after it was refused is not used again', () =>
  withProvider('graph', [{ error: 'unauthorized' }], async ({ transport, server }) => {
    await expect(transport.send(plainMessage(), { signal: never })).rejects.toMatchObject({
      code: 'authentication',
      outcome: 'not-sent',
    });
    expect([server.requests.length, server.mails.length]).toEqual([1, 0]);
  }));

test('another token after a refused one carries the mail', async () => {
  const asked: string[] = [];
  let tokens = 0;
  const answering: typeof fetch = (input, init) => {
    if (hrefOf(input).endsWith('/token')) {
      tokens += 1;
      return Promise.resolve(Response.json({ access_token: `token-${tokens}`, expires_in: 3600 }));
    }
    const authorization = new Headers(init?.headers).get('authorization') ?? '';
    asked.push(authorization);
    return Promise.resolve(new Response(null, { status: asked.length === 1 ? 401 : 202 }));
  };
  const transport = await transportOf('graph://id:secret@default?tenant=t.test&user=app@from.test', {
    fetch: answering,
  });
  const receipt = await transport.send(plainMessage(), { signal: never });
  expect([receipt.accepted, asked]).toEqual([['ada@to.test'], ['Bearer token-1', 'Bearer token-2']]);
  await transport.close();
});

test('it asks the tenant for the token, and Graph for the mailbox', async () => {
  const urls: string[] = [];
  const forms: URLSearchParams[] = [];
  const answering: typeof fetch = (input, init) => {
    urls.push(hrefOf(input));
    if (init?.body instanceof URLSearchParams) forms.push(init.body);
    return Promise.resolve(Response.json({ access_token: 'token', expires_in: 3600 }, { status: 200 }));
  };
  const transport = await transportOf('graph://id:se:cret@default?tenant=t.test&user=app@from.test', {
    fetch: answering,
  });
  await transport.send(plainMessage(), { signal: never });
  expect(urls).toEqual([
    'https://login.microsoftonline.com/t.test/oauth2/v2.0/token',
    'https://graph.microsoft.com/v1.0/users/app%40from.test/sendMail',
  ]);
  expect(Object.fromEntries(forms[0] ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'id',
    client_secret: 'se:cret',
    scope: 'https://graph.microsoft.com/.default',
  });
  await transport.close();
});

test('without a token nothing was sent, and the error names what to check', () =>
  withProvider('graph', [], async ({ transport, server }) => {
    server.key = 'another-secret-of-nobody';
    await expect(transport.send(plainMessage(), { signal: never })).rejects.toMatchObject({
      code: 'authentication',
      outcome: 'not-sent',
      message: expect.stringMatching(/token endpoint.*MAIL_API_KEY/),
    });
    expect(server.requests).toEqual([]);
  }));

test('a mail that is aborted while the token is fetched was not sent', async () => {
  const abort = new AbortController();
  const waiting: typeof fetch = (_input, init) =>
    new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new Error('aborted')));
      abort.abort();
    });
  const transport = await transportOf('graph://id:secret@default?tenant=t.test&user=app@from.test', {
    fetch: waiting,
  });
  await expect(transport.send(plainMessage(), { signal: abort.signal })).rejects.toMatchObject({
    code: 'aborted',
    outcome: 'not-sent',
  });
  await transport.close();
});

test.each<[string, Partial<RenderedMessage>, RegExp, RegExp]>([
  [
    'Bcc beside To',
    { envelope: { from: 'hello@from.test', to: ['ada@to.test', 'dee@to.test', 'eve@to.test'] } },
    /^To: .*ada@to\.test.*\r\nBcc: dee@to\.test, eve@to\.test\r\n/m,
    /^Cc:/m,
  ],
  [
    'Bcc alone',
    { to: [], envelope: { from: 'hello@from.test', to: ['dee@to.test', 'eve@to.test'] } },
    /^Bcc: dee@to\.test, eve@to\.test\r\n/m,
    /^(?:To|Cc):/m,
  ],
])('the headers say whom a mail reaches: %s', (_what, parts, found, missing) =>
  withProvider('graph', [], async ({ transport, server }) => {
    await transport.send(plainMessage(parts), { signal: never });
    expect([server.requests.length, server.problems]).toEqual([1, []]);
    const [head = ''] = bodyOf(server.requests[0]?.body).split('\r\n\r\n');
    expect(head).toMatch(found);
    expect(head).not.toMatch(missing);
  }),
);

test('500 recipients of Bcc are in a folded header, and all of them are reached', () =>
  withProvider('graph', [], async ({ transport, server }) => {
    const to = Array.from({ length: 500 }, (_, index) => `reader${index}@to.test`);
    const message = plainMessage({ to: [], envelope: { from: 'hello@from.test', to } });
    await transport.send(message, { signal: never });
    expect(server.mails[0]?.recipients).toEqual(to);
    const lines = bodyOf(server.requests[0]?.body).split('\r\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(998);
  }));
