import { MailQueueService } from 'nest-mailroom';
import type { ChaosRule } from '../../../src/inbox/api/chaos.js';
import type { MessagePage } from '../../../src/inbox/api/messages.js';
import type { QueuePage } from '../../../src/inbox/api/queue.js';
import { cleanup, folder } from '../../support/application.js';
import { PLATFORMS, startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

const MAIL = { to: 'ada@example.test', subject: 'Hello', text: 'x' };

describe.each(PLATFORMS)('chaos on %s', (_platform, adapter) => {
  test('a rule fails the next send but not the one after it, and the inbox shows both', async () => {
    const { mail, read, write } = await startInbox({ adapter: adapter() });
    const added = await write('POST', 'api/chaos', { to: 'ada@example.test', fault: '550' });
    expect(added.status).toBe(201);
    expect(await added.json()).toMatchObject({ to: 'ada@example.test', fault: '550', left: 1 });
    await expect(mail.send(MAIL)).rejects.toMatchObject({ code: 'recipients-rejected', smtp: { code: 550 } });
    expect(await mail.send(MAIL)).toMatchObject({ accepted: ['ada@example.test'] });
    const { messages } = await read<MessagePage>('api/messages');
    expect(messages.map(({ status }) => status)).toEqual(['captured', 'failed']);
  });

  test('a rule defers a queued mail, and the next attempt delivers it', async () => {
    const { app, mail, read, write } = await startInbox({
      adapter: adapter(),
      mail: { queue: { retryDelays: [5] } },
    });
    await write('POST', 'api/chaos', { to: '*@example.test', fault: '451' });
    const { id } = await mail.queue(MAIL);
    const queue = app.get(MailQueueService);
    await queue.drain();
    expect((await queue.get(id))?.attempts.map(({ error }) => error?.smtp?.code)).toEqual([451, undefined]);
    const { mails } = await read<QueuePage>('api/queue');
    expect(mails).toMatchObject([{ id, state: 'sent', attempts: 2 }]);
    expect(await read('api/chaos')).toEqual({ rules: [] });
  });

  test('rules can be listed and removed, and invalid ones are refused', async () => {
    const dir = await folder({ 'welcome.hbs': 'Hi', 'receipt.hbs': 'Hi' });
    const { read, write } = await startInbox({ adapter: adapter(), mail: { templates: { dir } } });
    const first = (await (
      await write('POST', 'api/chaos', { template: 'welcome', fault: '421', times: 3 })
    ).json()) as ChaosRule;
    await write('POST', 'api/chaos', { template: 'receipt', fault: 'timeout' });
    expect((await write('DELETE', `api/chaos/${first.id}`)).status).toBe(204);
    expect((await write('DELETE', `api/chaos/${first.id}`)).status).toBe(404);
    expect(await read('api/chaos')).toMatchObject({
      rules: [{ template: 'receipt', fault: 'timeout', left: 1 }],
    });
    expect((await write('DELETE', 'api/chaos')).status).toBe(204);
    expect(await read('api/chaos')).toEqual({ rules: [] });
    const refused = await write('POST', 'api/chaos', { template: 'welcome', fault: '500' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toEqual({
      statusCode: 400,
      message: 'fault: expected one of 421, 451, 550, timeout, got "500".',
    });
    const misspelt = await write('POST', 'api/chaos', { template: 'welcom', fault: '421' });
    expect(misspelt.status).toBe(400);
    expect(await misspelt.text()).toContain('there is no template');
  });
});
