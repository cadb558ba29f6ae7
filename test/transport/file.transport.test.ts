import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { FileTransport } from '../../src/transport/file/file.transport.js';
import { renderedMessage } from '../support/rendered-message.js';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mails-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const never = (): AbortSignal => new AbortController().signal;
const clock = () => Date.UTC(2026, 0, 2, 3, 4, 5, 6);

test('a mail is an .eml, and its envelope a .json of the same name', async () => {
  const dir = join(root, 'deep', 'mails');
  const message = renderedMessage({
    envelope: { from: 'bounce@from.test', to: ['ada@to.test', 'bcc@to.test'] },
    template: 'welcome',
    locale: 'fr',
    tags: ['t'],
    metadata: { k: 'v' },
  });
  const receipt = await new FileTransport({ dir, clock }).send(message, { signal: never() });
  const names = (await readdir(dir)).toSorted();
  expect(names).toEqual([
    expect.stringMatching(/^20260102T030405006Z-[0-9a-f]{8}\.eml$/),
    expect.stringMatching(/^20260102T030405006Z-[0-9a-f]{8}\.json$/),
  ]);
  expect(receipt).toMatchObject({
    accepted: ['ada@to.test', 'bcc@to.test'],
    response: names[0],
    durationMs: 0,
  });
  const [eml = '', json = ''] = names.map((name) => join(dir, name));
  const parsed = await PostalMime.parse(await readFile(eml));
  expect(parsed).toMatchObject({ subject: 'Welcome', to: [{ address: 'ada@to.test' }] });
  expect(JSON.parse(await readFile(json, 'utf8'))).toEqual({
    messageId: '<1@from.test>',
    date: '2026-01-02T03:04:05.000Z',
    subject: 'Welcome',
    envelope: { from: 'bounce@from.test', to: ['ada@to.test', 'bcc@to.test'] },
    mailer: 'default',
    template: 'welcome',
    locale: 'fr',
    tags: ['t'],
    metadata: { k: 'v' },
  });
});

test('no other user may read them', async () => {
  const dir = join(root, 'mails');
  await new FileTransport({ dir }).send(renderedMessage(), { signal: never() });
  const modes = [dir, ...(await readdir(dir)).map((name) => join(dir, name))].map(
    async (path) => (await stat(path)).mode & 0o777,
  );
  expect(await Promise.all(modes)).toEqual([0o700, 0o600, 0o600]);
});

test('the .json is there before the .eml', async () => {
  const transport = new FileTransport({ dir: root });
  const state = { sending: 20 };
  const sends = Array.from({ length: 20 }, async () => {
    await transport.send(renderedMessage(), { signal: never() });
    state.sending -= 1;
  });
  while (state.sending > 0) {
    const names = new Set(await readdir(root));
    for (const name of names)
      if (name.endsWith('.eml')) expect(names).toContain(name.replace(/eml$/, 'json'));
  }
  await Promise.all(sends);
  expect(await readdir(root)).toHaveLength(40);
});

test('a removed folder is created again', async () => {
  const dir = join(root, 'mails');
  const transport = new FileTransport({ dir });
  await transport.send(renderedMessage(), { signal: never() });
  await rm(dir, { recursive: true });
  await transport.send(renderedMessage(), { signal: never() });
  expect(await readdir(dir)).toHaveLength(2);
});

test('a failed disk makes the transport unavailable, with its cause', async () => {
  const dir = join(root, 'file');
  await writeFile(dir, '');
  const transport = new FileTransport({ dir });
  const expected = { code: 'transport-unavailable', retryable: true, cause: { code: 'EEXIST' } };
  await expect(transport.send(renderedMessage(), { signal: never() })).rejects.toMatchObject(expected);
  await expect(transport.verify({ signal: never() })).rejects.toMatchObject(expected);
});

test.each(['', 'a\0b'])('refuses a dir of %j', (dir) => {
  expect(() => new FileTransport({ dir })).toThrow(/dir/);
});
