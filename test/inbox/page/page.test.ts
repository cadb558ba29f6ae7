import { SUPPORT_DATE } from '../../../src/check/clients/support-data.js';
import type { StatusView } from '../../../src/inbox/api/status.js';
import { PageFiles } from '../../../src/inbox/page/page-files.js';
import { cleanup, folder } from '../../support/application.js';
import {
  type InboxApplication,
  type InboxSettings,
  PLATFORMS,
  startInbox,
} from '../support/inbox-application.js';

afterEach(cleanup);

const INDEX =
  '<base href="{{base}}"><meta name="mail-inbox" content="{{inbox}}"><script nonce="{{nonce}}" src="assets/inbox.1a.js"></script>';

describe.each(PLATFORMS)('the page of the inbox on %s', (_platform, adapter) => {
  async function start(settings: InboxSettings = {}): Promise<InboxApplication> {
    const files = new PageFiles(
      await folder({ 'index.html': INDEX, 'inbox.1a.js': 'run()', 'notes.txt': '' }),
    );
    const customize: InboxSettings['customize'] = (builder) =>
      builder.overrideProvider(PageFiles).useValue(files);
    return startInbox({ ...settings, adapter: adapter(), customize });
  }

  test('serves the same page for every view, with a new nonce each time', async () => {
    const { ask } = await start();
    const nonces = new Set<string>();
    for (const path of [
      '',
      'm/0123',
      'queue',
      'gallery',
      'gallery/welcome',
      'gallery/billing/de/invoice',
      'gallery/a/b/c/d/e/f/invoice',
      'chaos',
    ]) {
      const response = await ask(path);
      const html = await response.text();
      expect([path, response.status, html.match(/<base href="([^"]*)"/)?.[1]]).toEqual([path, 200, '/mail/']);
      const policy = response.headers.get('content-security-policy') ?? '';
      const nonce = /script-src 'nonce-([\w-]{22})'/.exec(policy)?.[1] ?? '';
      expect(html).toContain(`<script nonce="${nonce}"`);
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('unsafe');
      nonces.add(nonce);
    }
    expect(nonces.size).toBe(8);
  });

  test('contains its mount path below a global prefix, and the status of the inbox', async () => {
    const { origin } = await start({
      inbox: { path: 'dev/mail', release: { allow: ['ada@example.test'] } },
      configure: (app) => app.setGlobalPrefix('api'),
    });
    const html = await (await fetch(`${origin}/api/dev/mail/m/12?tab=text`)).text();
    expect(html).toContain('<base href="/api/dev/mail/">');
    const status = /content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&quot;', '"') ?? '';
    expect(JSON.parse(status)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      mailers: ['default'],
      captured: true,
      watching: true,
      queue: true,
      gallery: true,
      release: true,
      keep: 500,
      environment: 'test',
      clientViews: {
        date: SUPPORT_DATE,
        clients: [
          { id: 'gmail', name: 'Gmail' },
          { id: 'yahoo', name: 'Yahoo and AOL' },
          { id: 'gmx', name: 'GMX and WEB.DE' },
          { id: 'outlook-com', name: 'Outlook.com' },
          { id: 'outlook', name: 'Outlook (Word)' },
        ],
      },
    } satisfies StatusView);
  });

  test('serves its assets as immutable, and no other files', async () => {
    const { ask } = await start();
    const script = await ask('assets/inbox.1a.js');
    expect(await script.text()).toBe('run()');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toBe('private, max-age=31536000, immutable');
    for (const name of ['notes.txt', 'index.html', '..%2Findex.html', '..%2F..%2Fpackage.json', 'none.js']) {
      expect([name, (await ask(`assets/${name}`)).status]).toEqual([name, 404]);
    }
  });
});
