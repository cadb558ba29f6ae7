import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { LinkCheck, type LinkCheckOptions } from '../../../src/inbox/links/link-check.js';
import { isPublicAddress } from '../../../src/inbox/links/public-address.js';
import { afterCleanup, cleanup } from '../../support/application.js';

afterEach(cleanup);

interface Site {
  readonly port: number;
  readonly requests: IncomingMessage[];
}

/** A site on loopback, to which tests resolve public hosts. */
async function site(answer: RequestListener): Promise<Site> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterCleanup(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { port, requests };
}

/** A connection reset also counts as closed. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.on('error', () => undefined).once('close', () => resolve());
  });
}

const HOME = '127.0.0.1';
/** Resolves every host to loopback, the only allowed address. */
const atHome: LinkCheckOptions = {
  resolve: () => Promise.resolve([HOME]),
  isAllowed: (address) => address === HOME,
};

test('a link is requested with HEAD, without cookies, login or data of the mail', async () => {
  const { port, requests } = await site((_request, response) => response.end());
  const url = `http://shop.test:${port}/confirm?token=1`;
  expect(await new LinkCheck(atHome).check(url)).toEqual({
    url,
    ok: true,
    status: 200,
    hops: [{ url, status: 200 }],
  });
  expect(requests.map(({ method }) => method)).toEqual(['HEAD']);
  expect(Object.keys(requests[0]!.headers).toSorted()).toEqual([
    'accept',
    'connection',
    'host',
    'user-agent',
  ]);
});

test('GET replaces an unsupported HEAD, and its body is not read', async () => {
  let sent = 0;
  const { port, requests } = await site((request, response) => {
    if (request.method === 'HEAD') {
      response.writeHead(405).end();
      return;
    }
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) sent += 64;
      response.once('drain', more);
    };
    more();
  });
  const checked = await new LinkCheck(atHome).check(`http://shop.test:${port}/`);
  expect(checked).toMatchObject({ ok: true, status: 200 });
  const [, get] = requests;
  expect(get?.method).toBe('GET');
  await closed(get!.socket);
  // Only what the socket buffers hold: the site would send for ever.
  expect(sent).toBeLessThan(32 * 1024);
});

test('up to five redirects are followed and listed', async () => {
  const { port } = await site((request, response) => {
    const step = Number(request.url?.slice(1));
    if (step === 0) response.writeHead(404).end();
    else response.writeHead(302, { location: `/${step - 1}` }).end();
  });
  const check = new LinkCheck(atHome);
  const found = await check.check(`http://shop.test:${port}/5`);
  expect(found).toMatchObject({ ok: false, status: 404 });
  expect(found.hops.map(({ status }) => status)).toEqual([302, 302, 302, 302, 302, 404]);
  expect(await check.check(`http://shop.test:${port}/6`)).toMatchObject({
    ok: false,
    error: 'it redirects more than 5 times',
  });
});

test('connections go to the checked address, even if the name resolves differently a moment later', async () => {
  const { port, requests } = await site((_request, response) => response.end());
  const answers = [[HOME], ['127.0.0.9']];
  const check = new LinkCheck({ ...atHome, resolve: () => Promise.resolve(answers.shift() ?? []) });
  expect(await check.check(`http://rebinding.test:${port}/`)).toMatchObject({ ok: true });
  expect(requests).toHaveLength(1);
  expect(await check.check(`http://rebinding.test:${port}/`)).toMatchObject({ ok: false, hops: [] });
  expect(requests).toHaveLength(1);
});

test('a redirect to a private address is not followed', async () => {
  const { port, requests } = await site((_request, response) =>
    response.writeHead(302, { location: `http://inside.test:${port}/` }).end(),
  );
  const resolve = (host: string) => Promise.resolve([host === 'inside.test' ? '127.0.0.2' : HOME]);
  const found = await new LinkCheck({ ...atHome, resolve }).check(`http://shop.test:${port}/`);
  expect(found.error).toBe(
    'inside.test is 127.0.0.2, which is not an address of the public internet, so it is not followed',
  );
  expect(found.hops.map(({ status }) => status)).toEqual([302]);
  expect(requests).toHaveLength(1);
});

test.each([
  ['http://127.0.0.1:PORT/'],
  ['http://2130706433:PORT/'],
  ['http://0x7f.1:PORT/'],
  ['http://localhost:PORT/'],
  ['http://[::ffff:127.0.0.1]:PORT/'],
  ['http://[::1]:PORT/'],
])('by default the check does not connect to this machine: %s', async (url) => {
  const { port, requests } = await site((_request, response) => response.end());
  const found = await new LinkCheck().check(url.replace('PORT', String(port)));
  expect(found).toMatchObject({ ok: false, hops: [] });
  expect(found.error).toContain('is not an address of the public internet');
  expect(requests).toEqual([]);
});

test('one private address among public ones blocks the host', async () => {
  const resolve = () => Promise.resolve(['1.1.1.1', '10.0.0.1']);
  expect((await new LinkCheck({ resolve }).check('http://mixed.test/')).error).toContain(
    'mixed.test is 10.0.0.1',
  );
});

test('a site that does not answer is given up after the timeout', async () => {
  const { port } = await site(() => undefined);
  const check = new LinkCheck({ ...atHome, timeout: 50 });
  expect((await check.check(`http://slow.test:${port}/`)).error).toBe('no answer within 50 ms');
  const slow = new LinkCheck({ ...atHome, timeout: 50, resolve: () => new Promise(() => undefined) });
  expect((await slow.check('http://unresolved.test/')).error).toBe('no answer within 50 ms');
});

test.each([
  ['mailto:ada@a.test', 'only http: and https: links can be checked'],
  ['javascript:alert(1)', 'only http: and https: links can be checked'],
  ['file:///etc/passwd', 'do not follow file:'],
  ['https://ada:secret@a.test/', 'a login'],
  ['/relative', 'not absolute'],
])('other links are not requested: %s', async (url, error) => {
  const found = await new LinkCheck(atHome).check(url);
  expect(found).toMatchObject({ ok: false, hops: [] });
  expect(found.error).toContain(error);
  expect(found.error).not.toContain('secret');
});

test.each([
  ['1.1.1.1', true],
  ['172.15.0.1', true],
  ['2606:4700:4700::1111', true],
  ['0.0.0.0', false],
  ['10.1.2.3', false],
  ['100.64.0.1', false],
  ['127.9.9.9', false],
  ['169.254.169.254', false],
  ['172.31.255.255', false],
  ['192.168.1.1', false],
  ['224.0.0.1', false],
  ['255.255.255.255', false],
  ['::', false],
  ['::1', false],
  ['::ffff:8.8.8.8', false],
  ['64:ff9b::a00:1', false],
  ['2002:a00:1::', false],
  ['2001:db8::1', false],
  ['fc00::1', false],
  ['fd12::1', false],
  ['fe80::1', false],
  ['fec0::1', false],
  ['ff02::1', false],
  ['shop.test', false],
])('%s is public: %s', (address, isPublic) => {
  expect(isPublicAddress(address)).toBe(isPublic);
});
