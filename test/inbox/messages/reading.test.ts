import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import { cleanup } from '../../support/application.js';
import { type InboxApplication, PLATFORMS, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

const ADA = 'ada@example.test';
const PIXEL = Buffer.from('R0lGODlhAQABAAAAACw=', 'base64');

async function newestId({ read }: InboxApplication): Promise<string> {
  return (await read<MessagePage>('api/messages?limit=1')).messages[0]?.id ?? '';
}

describe.each(PLATFORMS)('the inbox on %s', (_platform, adapter) => {
  const start = (): Promise<InboxApplication> => startInbox({ adapter: adapter() });

  test('shows a mail as soon as it is sent', async () => {
    const { mail, read } = await start();
    await mail.send({
      to: ADA,
      subject: 'Hello',
      text: 'Your code is 123456.',
      headers: { 'X-Test-Run': 'a' },
    });
    const { messages, ...counts } = await read<MessagePage>('api/messages');
    expect(counts).toEqual({ total: 1, unread: 1 });
    expect(messages).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        at: expect.any(String) as string,
        subject: 'Hello',
        from: 'app@example.test',
        to: [ADA],
        mailer: 'default',
        tags: [],
        run: 'a',
        snippet: 'Your code is 123456.',
        size: expect.any(Number) as number,
        attachments: 0,
        unread: true,
        status: 'captured',
      },
    ]);
    const view = await read<MessageView>(`api/messages/${messages[0]?.id}`);
    expect(view).toMatchObject({ codes: ['123456'], hasHtml: false, text: 'Your code is 123456.' });
    expect(view.timeline.map(({ kind }) => kind)).toEqual(['captured', 'sending', 'captured']);
    expect(view.headers).toContainEqual(['To', ADA]);
    expect(view.envelope).toEqual({ from: 'app@example.test', to: [ADA] });
  });

  test('separates headers from the envelope, and lists Bcc recipients', async () => {
    const inbox = await start();
    await inbox.mail.send({
      to: 'Ada <ada@example.test>',
      cc: 'Bob <BOB@bücher.test>',
      bcc: 'eve@example.test',
      subject: 'Hi',
      text: 'x',
    });
    const view = await inbox.read<MessageView>(`api/messages/${await newestId(inbox)}`);
    expect(view).toMatchObject({
      to: [ADA, 'BOB@xn--bcher-kva.test', 'eve@example.test'],
      toHeader: ['Ada <ada@example.test>'],
      cc: ['Bob <BOB@xn--bcher-kva.test>'],
      bcc: ['eve@example.test'],
    });
  });

  test('serves html, source and files of a mail so that no script in them can run', async () => {
    const inbox = await start();
    await inbox.mail.send({
      to: ADA,
      subject: 'Files',
      html: '<img src="cid:logo"><img src="https://evil.test/x.png">',
      attachments: [
        { filename: 'logo.gif', content: PIXEL, cid: 'logo' },
        { filename: 'evil.html', content: '<script>1</script>', contentType: 'text/html' },
        { filename: 'evil.svg', content: '<svg/>', contentType: 'image/svg+xml', cid: 'svg' },
      ],
    });
    const id = await newestId(inbox);
    const html = await inbox.ask(`api/messages/${id}.html`);
    expect(await html.text()).toBe(`<img src="${id}/files/0"><img src="https://evil.test/x.png">`);
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const { host } = new URL(inbox.origin);
    const own = `http://${host}/mail/api/messages/${id}/files/ https://${host}/mail/api/messages/${id}/files/`;
    expect(html.headers.get('content-security-policy')).toBe(
      `sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: ${own}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`,
    );
    const withImages = await inbox.ask(`api/messages/${id}.html?images=1`);
    expect(withImages.headers.get('content-security-policy')).toContain(`${own} https: http:;`);

    const source = await (await inbox.ask(`api/messages/${id}.eml`)).text();
    expect(source).toContain('Subject: Files\r\n');
    expect(await (await inbox.ask(`api/messages/${id}.txt`)).text()).toBe(source);
    const latest = await inbox.ask(`api/latest.html?to=${ADA}`);
    expect(await latest.text()).toContain(`<img src="messages/${id}/files/0">`);
    expect(latest.headers.get('content-security-policy')).toContain(own);

    const heads = await Promise.all([0, 1, 2].map((index) => inbox.ask(`api/messages/${id}/files/${index}`)));
    expect(heads.map(({ headers }) => headers.get('content-type'))).toEqual([
      'image/gif',
      'application/octet-stream',
      'application/octet-stream',
    ]);
    expect(heads.map(({ headers }) => headers.get('content-disposition'))).toEqual([
      'inline',
      `attachment; filename="evil.html"; filename*=UTF-8''evil.html`,
      `attachment; filename="evil.svg"; filename*=UTF-8''evil.svg`,
    ]);
    expect(heads.map(({ headers }) => headers.get('x-content-type-options'))).toEqual([
      'nosniff',
      'nosniff',
      'nosniff',
    ]);
    expect(Buffer.from((await heads[0]?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(PIXEL);
  });

  test('neutralizes tags that connect to other hosts, and leaves the rest of the html unchanged', async () => {
    const inbox = await start();
    const served = async (html: string): Promise<string> => {
      await inbox.mail.send({ to: ADA, subject: 'x', html });
      return (await inbox.ask(`api/messages/${await newestId(inbox)}.html`)).text();
    };
    for (const tag of [
      '<link rel=preconnect href=//evil.test>',
      '<LINK\nrel="stylesheet">',
      '<meta http-equiv="refresh" content="0">',
      '<meta name="a" content="b"HTTP-EQUIV=refresh>',
      '<meta content="a>b" http-equiv=refresh>',
      '<meta/http-equiv=refresh>',
      '<meta a=\u00a0" http-equiv=refresh ">',
      `<meta content="${'x'.repeat(5_000)}">`,
    ]) {
      const html = `<!--> ${tag}<p>x</p>`;
      expect(await served(html)).toBe(html.replace(/<\w+/, '<basefont'));
    }
    for (const kept of [
      '<meta charset="utf-8"><META name=color-scheme content=\'light dark\' />',
      '<linkage><metal>&lt;link rel=x> http-equiv',
    ]) {
      expect(await served(kept)).toBe(kept);
    }
  });

  test('marks, deletes and pages', async () => {
    const inbox = await start();
    for (const subject of ['one', 'two', 'three']) await inbox.mail.send({ to: ADA, subject, text: subject });
    const first = await inbox.read<MessagePage>('api/messages?limit=2');
    expect(first.messages.map(({ subject }) => subject)).toEqual(['three', 'two']);
    const second = await inbox.read<MessagePage>(`api/messages?limit=2&before=${first.next}`);
    expect(second.messages.map(({ subject }) => subject)).toEqual(['one']);
    expect(second.next).toBeUndefined();

    const [third] = first.messages;
    const marked = await inbox.write('PATCH', `api/messages/${third?.id}`, { unread: false });
    expect(await marked.json()).toMatchObject({ subject: 'three', unread: false });
    expect((await inbox.read<MessagePage>('api/messages')).unread).toBe(2);
    expect((await inbox.write('PATCH', `api/messages/${third?.id}`, { unread: 1 })).status).toBe(400);

    expect((await inbox.write('DELETE', `api/messages/${third?.id}`)).status).toBe(204);
    expect((await inbox.ask(`api/messages/${third?.id}`)).status).toBe(404);
    expect((await inbox.write('DELETE', 'api/messages?subject=two')).status).toBe(204);
    expect((await inbox.read<MessagePage>('api/messages')).messages.map(({ subject }) => subject)).toEqual([
      'one',
    ]);
    expect((await inbox.write('DELETE', 'api/messages')).status).toBe(204);
    expect((await inbox.read<MessagePage>('api/messages')).total).toBe(0);
  });

  test('continues paging after a removed mail, but not after an unknown one', async () => {
    const inbox = await start();
    for (const subject of ['one', 'two', 'three']) await inbox.mail.send({ to: ADA, subject, text: subject });
    const { messages } = await inbox.read<MessagePage>('api/messages');
    await inbox.write('DELETE', `api/messages/${messages[1]?.id}`);
    const older = await inbox.read<MessagePage>(`api/messages?before=${messages[1]?.id}`);
    expect(older.messages.map(({ subject }) => subject)).toEqual(['one']);
    expect((await inbox.ask(`api/messages?before=${'0'.repeat(32)}`)).status).toBe(400);
  });

  test('removes nothing for an unknown or empty parameter', async () => {
    const inbox = await start();
    await inbox.mail.send({ to: ADA, subject: 'kept', text: 'kept' });
    const refused = await inbox.write('DELETE', 'api/messages?rnu=7');
    expect([refused.status, await refused.json()]).toEqual([
      400,
      {
        statusCode: 400,
        message: 'There is no parameter "rnu". Known: to, subject, template, tag, status, run, has, q.',
      },
    ]);
    for (const query of ['run=', 'run=7&to=', 'limit=1', 'to[]=x', '__proto__=x']) {
      expect([query, (await inbox.write('DELETE', `api/messages?${query}`)).status]).toEqual([query, 400]);
    }
    expect((await inbox.read<MessagePage>('api/messages')).total).toBe(1);
    for (const path of ['messages', 'latest.html'])
      expect([path, (await inbox.ask(`api/${path}?form=x`)).status]).toEqual([path, 400]);
  });

  test.each(['../../package.json', '..%2F..%2Fpackage.json', 'constructor', '0'.repeat(32)])(
    'has no message %s',
    async (id) => {
      const { ask } = await start();
      for (const path of [id, `${id}.eml`, `${id}/files/0`]) {
        expect((await ask(`api/messages/${path}`)).status).toBe(404);
      }
    },
  );
});
