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

/** A site on loopback; tests give its address out as that of public hosts. */
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

/** A reset is a way to close. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return resolve();
    socket.on('error', () => undefined).once('close', () => resolve());
  });
}

const HOME = '127.0.0.1';
/** Every host is at home, and that is the only place that may be asked. */
const atHome: LinkCheckOptions = {
  resolve: () => Promise.resolve([HOME]),
  isAllowed: (address) => address === HOME,
};

test('a link is followed by HEAD, without cookies, login or anything of the mail', async () => {
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

test('where HEAD is not known, GET is tried, and its body is not read', async () => {
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
  // What the two sockets hold between them; the site would have gone on for ever.
  expect(sent).toBeLessThan(32 * 1024);
});

test('redirects are followed and shown, up to five', async () => {
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

test('the address that was checked is connected to, whatever the name means a moment later', async () => {
  const { port, requests } = await site((_request, response) => response.end());
  const answers = [[HOME], ['127.0.0.9']];
  const check = new LinkCheck({ ...atHome, resolve: () => Promise.resolve(answers.shift() ?? []) });
  expect(await check.check(`http://rebinding.test:${port}/`)).toMatchObject({ ok: true });
  expect(requests).toHaveLength(1);
  expect(await check.check(`http://rebinding.test:${port}/`)).toMatchObject({ ok: false, hops: [] });
  expect(requests).toHaveLength(1);
});

test('a redirect into the network ends there', async () => {
  const { port, requests } = await site((_request, response) =>
    response.writeHead(302, { location: `http://inside.test:${port}/` }).end(),
  );
  const resolve = (host: string) => Promise.resolve([host === 'inside.test' ? '127.0.0.2' : HOME]);
  const found = await new LinkCheck({ ...atHome, resolve }).check(`http://shop.test:${port}/`);
  expect(found.error).toBe(
    'inside.test is 127.0.0.2, which is no address of the public internet: it is not asked',
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
])('as it comes, the check reaches nothing of this machine: %s', async (url) => {
  const { port, requests } = await site((_request, response) => response.end());
  const found = await new LinkCheck().check(url.replace('PORT', String(port)));
  expect(found).toMatchObject({ ok: false, hops: [] });
  expect(found.error).toContain('is no address of the public internet');
  expect(requests).toEqual([]);
});

test('one private address among public ones is enough', async () => {
  const resolve = () => Promise.resolve(['1.1.1.1', '10.0.0.1']);
  expect((await new LinkCheck({ resolve }).check('http://mixed.test/')).error).toContain(
    'mixed.test is 10.0.0.1',
  );
});

test('a site that does not answer is given up after its time', async () => {
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
])('what is no public link is not asked for: %s', async (url, error) => {
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
