import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MessagePage, MessageView } from '../../../src/inbox/api/messages.js';
import { cleanup, folder } from '../../support/application.js';
import { startInbox } from '../support/inbox-application.js';

afterEach(cleanup);

const mailOf = (subject: string) => ({ to: 'ada@example.test', subject, text: subject });
const subjects = ({ messages }: MessagePage): readonly string[] => messages.map(({ subject }) => subject);

test('keeps the newest mails with all their data over a restart', async () => {
  const dir = await folder();
  const first = await startInbox({ inbox: { dir, keep: 3 } });
  for (const subject of ['one', 'two', 'three', 'four']) await first.mail.send(mailOf(subject));
  expect(subjects(await first.read<MessagePage>('api/messages'))).toEqual(['four', 'three', 'two']);
  await first.app.close();
  expect((await readdir(dir)).length).toBe(9);

  const second = await startInbox({ inbox: { dir, keep: 3 } });
  const page = await second.read<MessagePage>('api/messages');
  expect(subjects(page)).toEqual(['four', 'three', 'two']);
  const view = await second.read<MessageView>(`api/messages/${page.messages[0]?.id}`);
  expect(view).toMatchObject({ subject: 'four', text: 'four', status: 'captured' });
  await second.mail.send(mailOf('five'));
  expect(subjects(await second.read<MessagePage>('api/messages'))).toEqual(['five', 'four', 'three']);
});

test('ignores incomplete mails and does not touch foreign files', async () => {
  const id = '0123456789abcdef0123456789abcdef';
  const dir = await folder({ 'notes.txt': 'mine', [`${id}.json`]: '{"id":"x"', [`${id}.eml`]: 'half' });
  const { read, mail } = await startInbox({ inbox: { dir } });
  expect(await read('api/messages')).toMatchObject({ total: 0 });
  await mail.send(mailOf('works'));
  expect(await read('api/messages')).toMatchObject({ total: 1 });
  expect(await readdir(dir)).toContain('notes.txt');
});

test('mails are still sent if the disk fails', async () => {
  const dir = join(await folder({ file: '' }), 'file');
  const { read, mail } = await startInbox({ inbox: { dir } });
  const receipt = await mail.send(mailOf('sent'));
  expect(receipt.accepted).toEqual(['ada@example.test']);
  expect(await read('api/messages')).toMatchObject({ total: 0 });
});

test('a mail whose files were deleted is not found', async () => {
  const dir = await folder();
  const { read, ask, mail } = await startInbox({ inbox: { dir } });
  await mail.send(mailOf('gone'));
  const [message] = (await read<MessagePage>('api/messages')).messages;
  await rm(join(dir, `${message?.id}.mail`));
  expect((await ask(`api/messages/${message?.id}`)).status).toBe(404);
});

test('keeps the newest 500 mails by default', async () => {
  const { mail, read } = await startInbox();
  for (let number = 0; number < 503; number += 1) {
    await mail.send(mailOf(`${number}`));
    // Sends in batches: a larger burst would not be copied whole.
    if (number % 100 === 0) await read('api/messages?limit=1');
  }
  const { total, messages } = await read<MessagePage>('api/messages?limit=1');
  expect([total, messages[0]?.subject]).toEqual([500, '502']);
});
