import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessagePage } from '../../../src/inbox/api/messages.js';
import type { StatusView } from '../../../src/inbox/api/status.js';
import type { TemplatePage, TemplateSummary } from '../../../src/inbox/api/templates.js';
import { cleanup, folder } from '../../support/application.js';
import { EventStream } from '../support/event-stream.js';
import { PLATFORMS, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

const RECEIPT = `---
subject: Receipt {{number}}
sample: { number: 7 }
---
<p style="color: red">Number {{number}}</p>`;

describe.each(PLATFORMS)('the gallery on %s', (_platform, adapter) => {
  test('lists templates, serves their html, and reports each save', async () => {
    const dir = await folder({ 'shop/receipt.hbs': RECEIPT });
    const { read, ask, origin } = await startInbox({
      adapter: adapter(),
      mail: { templates: { dir, watch: true } },
    });
    const { templates } = await read<{ templates: TemplateSummary[] }>('api/templates');
    expect(templates).toMatchObject([{ name: 'shop/receipt', sample: true, fastPath: { fast: true } }]);

    for (const name of ['shop/receipt', 'shop%2Freceipt']) {
      const page = await read<TemplatePage>(`api/templates/${name}`);
      expect(page).toMatchObject({ name: 'shop/receipt', subject: 'Receipt 7', missing: [] });
      expect(page.variables).toMatchObject([{ path: 'number', required: true }]);
      expect(page.sample).toEqual({ number: 7 });
    }
    const html = await ask('api/templates/shop/receipt.html');
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none';/);
    expect(await html.text()).toContain('Number 7');
    expect((await ask('api/templates/shop/receit')).status).toBe(404);
    expect((await ask('api/templates/shop/receipt?locale=no_no_no')).status).toBe(400);

    const stream = await EventStream.open(`${origin}/mail/api/events`);
    await writeFile(join(dir, 'shop/receipt.hbs'), RECEIPT.replace('Number', 'No.'));
    expect((await stream.nextOf('template'))?.data).toEqual({ name: 'shop/receipt' });
    expect((await read<TemplatePage>('api/templates/shop/receipt')).html).toContain('No. 7');
  });
});

test('html imitates a mail program, which the status lists', async () => {
  const dir = await folder({
    'a.hbs': '---\nsubject: x\n---\n<p style="position: absolute; color: red">Hi</p>',
  });
  const { read, ask, mail } = await startInbox({ mail: { templates: { dir } } });
  await mail.send({ to: 'ada@example.test', template: 'a', context: {} });
  const { messages } = await read<MessagePage>('api/messages');
  const { clientViews } = await read<StatusView>('api/status');
  expect(clientViews.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  for (const path of ['api/templates/a.html', `api/messages/${messages[0]?.id}.html`]) {
    const shown = async (client: string): Promise<string> => (await ask(`${path}?client=${client}`)).text();
    expect(await (await ask(path)).text()).toContain('position: absolute');
    for (const { id } of clientViews.clients) {
      const isKept = (await shown(id)).includes('position: absolute');
      expect([path, id, isKept]).toEqual([path, id, false]);
      expect(await shown(id)).toContain('Hi');
    }
    const unknown = await ask(`${path}?client=pine`);
    expect(unknown.status).toBe(400);
    expect(await unknown.json()).toMatchObject({
      message: 'client: expected gmail, yahoo, gmx, outlook-com, outlook.',
    });
  }
});

test('the view of a mail program keeps the policy and the inline images', async () => {
  const { read, ask, mail } = await startInbox();
  const html =
    '<!--[if mso]><meta http-equiv="refresh" content="0;url=https://a.test"><![endif]--><img alt="" src="cid:logo">';
  const attachments = [{ filename: 'a.png', content: 'x', contentType: 'image/png', cid: 'logo' }];
  await mail.send({ to: 'ada@example.test', subject: 'x', text: 'x', html, attachments });
  const { messages } = await read<MessagePage>('api/messages');
  const answer = await ask(`api/messages/${messages[0]?.id}.html?client=outlook`);
  expect(answer.headers.get('content-security-policy')).toMatch(/^sandbox; default-src 'none';/);
  const shown = await answer.text();
  expect(shown).not.toContain('<meta');
  expect(shown).toContain(`src="${messages[0]?.id}/files/0"`);
});

test('a template that cannot be rendered says where', async () => {
  const dir = await folder({ 'a.hbs': '<p>\n{{missing}}</p>' });
  const { read, ask } = await startInbox({ mail: { templates: { dir } } });
  expect((await read<TemplatePage>('api/templates/a')).error).toMatchObject({ line: 2, column: 3 });
  const html = await ask('api/templates/a.html');
  expect(html.status).toBe(400);
  expect(await html.json()).toMatchObject({
    message: expect.stringContaining('"missing" is missing') as string,
  });
});

test('an application with its own renderer gets a 404 that says why', async () => {
  const renderer = {
    load: () => Promise.resolve(),
    render: () => Promise.resolve({ text: 'x' }),
    names: () => ['a'],
    watch: () => undefined,
    close: () => Promise.resolve(),
  };
  const { ask, read } = await startInbox({ mail: { renderer } });
  expect(await read<StatusView>('api/status')).toMatchObject({ gallery: false });
  const answer = await ask('api/templates');
  expect(answer.status).toBe(404);
  expect(await answer.json()).toMatchObject({
    message: expect.stringContaining('a renderer of its own') as string,
  });
});
