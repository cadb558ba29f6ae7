import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, CDPSession } from 'playwright-core';

import type { MessagePage } from '../../src/inbox/api/messages.js';
import { cleanup } from '../support/application.js';
import { launchBrowser } from '../support/browser.js';
import { InboxPage } from '../support/inbox-page.js';
import { type SignupInbox, startSignupInbox } from '../support/signup-inbox.js';

/** A foreign site, which answers and counts all requests. */
class Stranger {
  html = '';
  readonly asked: string[] = [];
  /** Connections, including those without a request. */
  connections = 0;
  readonly #server: Server = createServer(({ url = '' }, reply) => {
    this.asked.push(url);
    reply.setHeader('content-type', 'text/html').end(this.html);
  });

  static async start(): Promise<Stranger> {
    const stranger = new Stranger();
    stranger.#server.on('connection', () => (stranger.connections += 1));
    stranger.#server.listen(0, '127.0.0.1');
    await once(stranger.#server, 'listening');
    return stranger;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://localhost:${port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

let browser: Browser;
let app: SignupInbox;
let stranger: Stranger;

beforeAll(async () => {
  browser = await launchBrowser(['--host-resolver-rules=MAP rebound.test 127.0.0.1']);
  app = await startSignupInbox();
});
beforeEach(async () => {
  stranger = await Stranger.start();
});
afterEach(async () => {
  await stranger.stop();
  await app.clear();
});
afterAll(async () => {
  await browser.close();
  await cleanup();
});

const messages = async (): Promise<MessagePage['messages']> =>
  ((await (await fetch(`${app.url}/api/messages`)).json()) as MessagePage).messages;
const subjects = async (): Promise<readonly string[]> => (await messages()).map(({ subject }) => subject);

test('nothing in a mail runs, leaves its frame or changes anything', async () => {
  const deleting = "fetch('/mail/api/messages',{method:'DELETE',headers:{'x-mail-inbox':'1'}})";
  await app.send({
    subject: 'Hostile',
    html: `<base href="${stranger.origin}/">
      <meta http-equiv="refresh" content="0;url=${stranger.origin}/refresh">
      <script>top.document.title='pwned';${deleting}</script>
      <img src="x" onerror="${deleting}">
      <svg onload="${deleting}"></svg>
      <iframe src="${app.url}/api/messages"></iframe>
      <iframe srcdoc="<script>${deleting}</script>"></iframe>
      <link rel="stylesheet" href="${stranger.origin}/style.css">
      <form action="${app.url}/api/messages" method="post" target="_top"><button>Post</button></form>
      <a href="javascript:${deleting}">Run</a>
      <a href="${stranger.origin}/top" target="_top">Leave</a>
      <p>The end.</p>`,
  });
  const inbox = await InboxPage.open(browser, app.url);
  await inbox.mail.getByText('The end.').waitFor();
  for (const name of ['Post', 'Run', 'Leave']) await inbox.mail.getByText(name, { exact: true }).click();
  await inbox.tab('Text'); // the page still answers
  expect(await inbox.page.title()).toBe('Mail');
  expect(inbox.page.url()).toBe(`${app.url}/m/${await idOf(inbox)}?tab=text`);
  expect([stranger.asked, stranger.connections]).toEqual([[], 0]);
  expect(await subjects()).toEqual(['Hostile']);
  expect(inbox.faults).toEqual([]);
  await inbox.close();
});

const idOf = async (inbox: InboxPage): Promise<string> =>
  (await inbox.rows.first().getAttribute('data-id')) ?? '';

test('the frame of a mail has no permissions', async () => {
  await app.send({ subject: 'Framed', html: '<p>Framed</p>' });
  const inbox = await InboxPage.open(browser, app.url);
  await inbox.mail.getByText('Framed').waitFor();
  expect(await inbox.page.locator('iframe').getAttribute('sandbox')).toBe('');
  await inbox.close();
});

test('inline images load into the frame of a mail despite its opaque origin', async () => {
  const attachments = [{ filename: 'dot.gif', content: 'GIF89a', cid: 'dot' }];
  await app.send({ subject: 'Inline', html: '<img src="cid:dot">', attachments });
  const inbox = await InboxPage.open(browser, `${app.url}/queue`);
  const asked = inbox.page.waitForResponse(/\/files\/0$/);
  await inbox.page.goto(app.url);
  const answer = await asked;
  expect(answer.status()).toBe(200);
  expect((await answer.request().allHeaders())['sec-fetch-site']).toBe('cross-site');
  await inbox.close();
});

test('remote images load only on request', async () => {
  await app.send({ subject: 'Tracked', html: `<img src="${stranger.origin}/pixel.gif"><p>Tracked</p>` });
  const inbox = await InboxPage.open(browser, app.url);
  await inbox.mail.getByText('Tracked').waitFor();
  expect(stranger.asked).toEqual([]);
  const asked = inbox.page.waitForRequest(/pixel\.gif$/);
  await inbox.page.getByLabel('Remote images').check();
  await (await asked).response();
  expect(stranger.asked).toEqual(['/pixel.gif']);
  await inbox.close();
});

test('pages of other sites cannot read or change anything', async () => {
  await app.send({ subject: 'Kept', text: 'Secret code 482913.' });
  const api = `${app.url}/api/messages`;
  stranger.html = '<title>Stranger</title>';
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${stranger.origin}/`);
  const attempts = [
    `fetch('${api}').then((r) => r.text())`,
    `fetch('${api}', { method: 'DELETE' })`,
    `fetch('${api}', { method: 'DELETE', headers: { 'x-mail-inbox': '1' } })`,
    `fetch('${api}', { method: 'DELETE', mode: 'no-cors' })`,
    `fetch('${app.url}/api/chaos', { method: 'POST', headers: { 'x-mail-inbox': '1' }, body: '{}' })`,
    `new Promise((ok, no) => { const s = new EventSource('${app.url}/api/events'); s.onopen = ok; s.onerror = no; })`,
  ];
  for (const attempt of attempts) {
    expect([attempt, await page.evaluate(`(${attempt}).then(() => 'done', () => 'refused')`)]).toEqual([
      attempt,
      'refused',
    ]);
  }
  const answer = page.waitForResponse(api);
  await page.evaluate(
    `document.body.innerHTML = '<form method=post action="${api}"></form>'; document.forms[0].submit()`,
  );
  expect((await answer).status()).toBeGreaterThanOrEqual(400);
  expect(await subjects()).toEqual(['Kept']);
  await page.context().close();
});

test('opening a mail connects to no other host, not even in advance', async () => {
  const later = await Stranger.start();
  const links = ['preconnect', 'dns-prefetch', 'prefetch', 'preload', 'stylesheet'].map(
    (rel) => `<link rel="${rel}" as="image" href="${stranger.origin}/${rel}">`,
  );
  await app.send({
    subject: 'Calling',
    html: `<!--> ${links[0]} -->${links.join('')}
      <meta http-equiv="x-dns-prefetch-control" content="on">
      <meta content="0;url=${stranger.origin}/refresh" http-equiv="refresh">
      <img src="${later.origin}/pixel.gif"><p>Calling</p>`,
  });
  const inbox = await InboxPage.open(browser, app.url);
  await inbox.mail.getByText('Calling').waitFor();
  const asked = inbox.page.waitForRequest(/pixel\.gif$/);
  await inbox.page.getByLabel('Remote images').check();
  await (await asked).response();
  // The last request has arrived, so any connection started by the mail would have arrived before.
  expect([later.asked, stranger.connections]).toEqual([['/pixel.gif'], 0]);
  await inbox.close();
  await later.stop();
});

/**
 * Status of the next response from `url`, which the browser may hide from the page and from page events.
 * Request and response are reported in any order, with others (of the favicon) between them.
 */
const nextStatus = (protocol: CDPSession, url: string): Promise<number> =>
  new Promise((resolve) => {
    const requests = new Set<string>();
    const statuses = new Map<string, number>();
    const settle = (id: string): void => {
      const status = statuses.get(id);
      if (!requests.has(id) || status === undefined) return;
      protocol.off('Network.requestWillBeSent', onRequest);
      protocol.off('Network.responseReceivedExtraInfo', onAnswer);
      resolve(status);
    };
    const onRequest = ({ requestId, request }: { requestId: string; request: { url: string } }): void => {
      if (request.url === url) requests.add(requestId);
      settle(requestId);
    };
    const onAnswer = ({ requestId, statusCode }: { requestId: string; statusCode: number }): void => {
      statuses.set(requestId, statusCode);
      settle(requestId);
    };
    protocol.on('Network.requestWillBeSent', onRequest);
    protocol.on('Network.responseReceivedExtraInfo', onAnswer);
  });

test('requests of another site that need no CORS preflight are refused', async () => {
  await app.send({ subject: 'Kept', text: 'Secret code 482913.', html: '<p>482913</p>' });
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${stranger.origin}/`);
  const [message] = await messages();
  const id = message?.id ?? '';
  const protocol = await page.context().newCDPSession(page);
  await protocol.send('Network.enable');
  const asks = [
    `wait?q=482913&timeout=3000`,
    `wait?q=000000&timeout=3000`,
    'messages?q=482913',
    'latest.html',
    `messages/${id}`,
    'status',
  ];
  const embeddings = [
    (url: string) => `fetch('${url}', { mode: 'no-cors' })`,
    (url: string) => `document.body.append(Object.assign(new Image(), { src: '${url}' }))`,
    (url: string) =>
      `document.head.append(Object.assign(document.createElement('script'), { src: '${url}' }))`,
    (url: string) =>
      `document.body.append(Object.assign(document.createElement('iframe'), { src: '${url}' }))`,
  ];
  for (const path of asks) {
    for (const embed of embeddings) {
      const url = `${app.url}/api/${path}`;
      const answer = nextStatus(protocol, url);
      await page.evaluate(`void ${embed(url)}`);
      expect([path, embed.toString(), await answer]).toEqual([path, embed.toString(), 403]);
    }
  }
  await page.context().close();
});

test('a link on another site opens the inbox and reveals nothing to that site', async () => {
  await app.send({ subject: 'Framed', html: '<p>Framed</p>' });
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${stranger.origin}/`);
  const opening = context.waitForEvent('page');
  await page.evaluate(`void (globalThis.opened = open('${app.url}/?q=Framed'))`);
  const opened = await opening;
  await opened.frameLocator('iframe').getByText('Framed').waitFor();
  expect(await page.evaluate('opened.closed')).toBe(true);
  expect(await page.evaluate('opened.length')).toBe(0);

  await page.goto(`${stranger.origin}/`);
  const api = await page.goto(`${app.url}/api/messages`, { referer: `${stranger.origin}/` });
  expect(api?.status()).toBe(200); // a person's own address bar
  await page.goto(`${stranger.origin}/`);
  const answer = page.waitForResponse(`${app.url}/api/messages`);
  await page.evaluate(`location.href = '${app.url}/api/messages'`);
  expect((await answer).status()).toBe(403);
  await context.close();
});

test('another site cannot frame the page', async () => {
  stranger.html = `<iframe src="${app.url}"></iframe>`;
  const page = await (await browser.newContext()).newPage();
  const refused = page.waitForEvent('console', (message) => message.text().includes('frame-ancestors'));
  await page.goto(stranger.origin);
  await refused;
  await page.context().close();
});

test('a foreign host name that resolves to this machine is refused', async () => {
  const page = await (await browser.newContext()).newPage();
  const { port } = new URL(app.url);
  for (const path of ['', '/api/messages', '/api/latest.html']) {
    const response = await page.goto(`http://rebound.test:${port}/mail${path}`);
    expect([path, response?.status()]).toEqual([path, 403]);
  }
  await page.context().close();
});
