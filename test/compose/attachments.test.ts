import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import type { Message, MessageAttachment } from '../../src/message/message.js';
import { composed, defaults, type Loose, refusal } from './composing.js';

async function attached(...attachments: readonly unknown[]): Promise<readonly MessageAttachment[]> {
  return (await composed({ attachments })).attachments;
}

function from(path: unknown, attachmentRoots: readonly string[]): Promise<Message> {
  return composed({ attachments: [{ path }] }, { attachmentRoots });
}

describe('content', () => {
  test.each<[Loose, string, string]>([
    [{ content: 'Ä', filename: 'a.txt' }, 'Ä', 'text/plain; charset=utf-8'],
    [{ content: 'Ä', contentType: 'text/csv; charset=x' }, 'Ä', 'text/csv; charset=x'],
    [{ content: '{}', filename: 'a.JSON' }, '{}', 'application/json'],
    [{ content: 'aGk=', encoding: 'base64', filename: 'a.txt' }, 'hi', 'text/plain'],
    [{ content: 'aG\r\nk=\r\n', encoding: 'base64' }, 'hi', 'application/octet-stream'],
    [{ content: '6869', encoding: 'hex' }, 'hi', 'application/octet-stream'],
    [{ content: Buffer.from('hi'), filename: 'a.pdf' }, 'hi', 'application/pdf'],
    [{ content: new Uint8Array([104, 105]).subarray(1) }, 'i', 'application/octet-stream'],
    [{ content: '', filename: 'pdf' }, '', 'application/octet-stream'],
    [{ content: Readable.from(['h', Buffer.from('i')]), filename: 'a.txt' }, 'hi', 'text/plain'],
  ])('%j', async (attachment, content, contentType) => {
    const [part] = await attached(attachment);
    expect(part?.content.toString()).toBe(content);
    expect(Buffer.isBuffer(part?.content)).toBe(true);
    expect(part?.contentType).toBe(contentType);
  });

  test('an image with a cid is inline unless it says otherwise', async () => {
    const parts = await attached(
      { content: 'x', cid: 'logo', filename: 'logo.png' },
      { content: 'x', cid: 'logo2', disposition: 'attachment' },
      { content: 'x', headers: { 'Content-Description': 'x' } },
    );
    expect(parts).toMatchObject([
      { cid: 'logo', disposition: 'inline', contentType: 'image/png', filename: 'logo.png' },
      { cid: 'logo2', disposition: 'attachment' },
      { disposition: 'attachment', headers: { 'Content-Description': 'x' } },
    ]);
  });

  test('filenames in ASCII if the mailer wants them', async () => {
    const mail = { attachments: [{ content: 'x', filename: 'Übung.pdf' }] };
    const [part] = (await composed(mail, { asciiFilenames: true })).attachments;
    expect(part?.filename).toBe('Ubung.pdf');
  });

  test.each<[unknown, string, RegExp]>([
    [{}, '', /neither/],
    [{ content: 'x', path: 'y' }, '', /both/],
    [{ content: 7 }, '.content', /got 7/],
    [{ content: null }, '.content', /got null/],
    [{ content: { path: '/etc/passwd' } }, '.content', /an object/],
    [{ content: 'é', encoding: 'base64' }, '.content', /base64/],
    [{ content: 'data:image/png;base64,aGk=', encoding: 'base64' }, '.content', /data: URL/],
    [{ content: 'abc', encoding: 'hex' }, '.content', /hex/],
    [{ content: 'x', encoding: 'latin1' }, '.encoding', /'utf8'/],
    [{ path: 'x', encoding: 'utf8' }, '.encoding', /content only/],
    [{ content: 'x', filename: '../x' }, '.filename', /path separator/],
    [{ content: 'x', cid: '<logo>' }, '.cid', /angle brackets/],
    [{ content: 'x', disposition: 'Inline' }, '.disposition', /'inline'/],
    [{ content: 'x', contentType: 'multipart/mixed' }, '.contentType', /one part/],
    [{ content: 'x', headers: { 'X-B': { prepared: true } } }, '.headers.X-B', /an object/],
    [{ content: 'x', contentDisposition: 'inline' }, '.contentDisposition', /"disposition"\?/],
    [{ data: 'x' }, '.data', /Did you mean "content"\?/],
    ['/etc/passwd', '', /\{ filename, content \}/],
  ])('%j is refused', async (attachment, field, reason) => {
    const error = await refusal(attached(attachment));
    expect([error.code, error.at?.field]).toEqual(['message-invalid', `attachments[0]${field}`]);
    expect(error.message).toMatch(reason);
  });

  test.each(['href', 'raw', 'httpHeaders'])('%s is not supported', async (key) => {
    const error = await refusal(attached({ content: 'x', [key]: 'http://[::ffff:127.0.0.1]:6379/' }));
    expect([error.code, error.at?.field]).toEqual(['unsupported', `attachments[0].${key}`]);
  });

  test.each([{ attachments: {} }, { attachments: 'x' }, { attachments: Array(1001) }])(
    'no list of attachments',
    async (mail) => {
      expect((await refusal(composed(mail))).at?.field).toBe('attachments');
    },
  );
});

describe('size', () => {
  const limit = { maxMessageSize: 10 };

  test('everything counts together', async () => {
    const fits = { text: '12', attachments: [{ content: '345' }, { content: 'Njc=', encoding: 'base64' }] };
    await expect(composed(fits, limit)).resolves.toBeDefined();
    const error = await refusal(composed({ ...fits, html: '12345' }, limit));
    expect(error.at?.field).toMatch(/^attachments\[/);
    expect(error.message).toMatch(/at most 10 bytes, got more \(1\d with this field\)\. .*maxMessageSize/);
  });

  test.each<Loose>([
    { text: 'x'.repeat(11) },
    { html: 'ääääää' },
    { text: '', alternatives: [{ contentType: 'a/b', content: 'x'.repeat(11) }] },
    { text: '', icalEvent: { content: 'x'.repeat(6) } },
  ])('%j is too much', async (mail) => {
    expect((await refusal(composed(mail, limit))).message).toMatch(/at most 10 bytes/);
  });

  test('a stream that never ends is read no further than the limit, and destroyed', async () => {
    let pulled = 0;
    const endless = new Readable({
      read() {
        pulled += 1;
        this.push(Buffer.alloc(1000));
      },
    });
    const error = await refusal(
      composed({ attachments: [{ content: endless }] }, { maxMessageSize: 100_000 }),
    );
    expect(error.at?.field).toBe('attachments[0].content');
    expect(pulled).toBeLessThan(300);
    expect(endless.destroyed).toBe(true);
  });
});

describe('streams', () => {
  test('a failed one is an error without its message, and the other is closed', async () => {
    const failing = new Readable({
      read() {
        this.destroy(Object.assign(new Error('GET https://user:pw@store/'), { code: 'EBUCKET' }));
      },
    });
    const waiting = new PassThrough();
    const error = await refusal(attached({ content: waiting }, { content: failing }));
    expect(error).toMatchObject({ code: 'message-invalid', at: { field: 'attachments[1].content' } });
    expect(error.message).toContain('EBUCKET');
    expect(error.message).not.toContain('pw');
    expect(error.cause).toBeInstanceOf(Error);
    expect(waiting.destroyed).toBe(true);
  });

  test('absent files are an error of the mail, not of the process', async () => {
    const missing = join(tmpdir(), 'missing', 'file');
    const error = await refusal(
      attached({ content: createReadStream(missing) }, { content: createReadStream(missing) }),
    );
    expect(error.message).toContain('ENOENT');
  });

  test('a mail refused for another reason closes them, and their errors do not end the process', async () => {
    const fine = Readable.from(['x']);
    const missing = createReadStream(join(tmpdir(), 'missing', 'file'));
    const closed = new Promise<void>((done) => missing.once('close', () => done()));
    const mail = { to: 'nonsense', attachments: [{ content: fine }, { content: missing }] };
    expect((await refusal(composed(mail))).at?.field).toBe('to');
    await closed;
    expect(fine.destroyed).toBe(true);
  });

  test('refuses a used one, which would be an empty file', async () => {
    const stream = Readable.from(['x']);
    await attached({ content: stream });
    expect((await refusal(attached({ content: stream }))).message).toMatch(/fresh stream, got a used one/);
  });

  test('refuses a stream of objects', async () => {
    const error = await refusal(attached({ content: Readable.from([{ a: 1 }]) }));
    expect(error.message).toMatch(/a stream with an object in it/);
  });

  test('an abort ends a silent one, even one that does not close', async () => {
    const silent = new Readable({
      read() {},
      destroy() {
        // Never calls back: such a stream never says that it is closed.
      },
    });
    const abort = new AbortController();
    const composing = composed({ attachments: [{ content: silent }] }, {}, { signal: abort.signal });
    abort.abort(new Error('enough'));
    const error = await refusal(composing);
    expect(error).toMatchObject({ code: 'aborted', retryable: true, cause: new Error('enough') });
    expect(silent.destroyed).toBe(true);
  });

  test('aborted before: nothing is composed', async () => {
    expect((await refusal(composed({}, {}, { signal: AbortSignal.abort() }))).code).toBe('aborted');
  });

  test('aborted before: nothing is read', async () => {
    const stream = Readable.from(['x']);
    const signal = AbortSignal.abort();
    const error = await refusal(composed({ attachments: [{ content: stream }] }, {}, { signal }));
    expect(error.code).toBe('aborted');
    expect(stream.destroyed).toBe(true);
  });
});

describe('files', () => {
  let folder: string;
  let root: string;
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'attachments-')));
    root = join(folder, 'root');
    await mkdir(join(root, 'sub'), { recursive: true });
    await writeFile(join(root, 'sub', 'report.csv'), 'a;b');
    await writeFile(join(folder, 'outside.txt'), 'out');
    await writeFile(join(folder, 'root-twin.txt'), 'out');
    await symlink('/etc/passwd', join(root, 'link-to-etc-passwd'));
    await symlink(join(root, 'sub', 'report.csv'), join(root, 'link-inside.csv'));
    await symlink(folder, join(root, 'up'));
    await symlink(root, join(folder, 'root-link'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each<[string, () => string]>([
    ['absolute', () => join(root, 'sub', 'report.csv')],
    ['relative to the root', () => 'sub/report.csv'],
    ['with a detour', () => `${root}/sub/../sub/report.csv`],
  ])('%s', async (_, path) => {
    const message = await from(path(), [join(folder, 'missing'), root]);
    expect(message.attachments).toEqual([
      {
        filename: 'report.csv',
        contentType: 'text/csv',
        content: Buffer.from('a;b'),
        disposition: 'attachment',
        headers: {},
      },
    ]);
  });

  test('a link that stays inside, and a root that is itself a link', async () => {
    const message = await from('link-inside.csv', [join(folder, 'root-link')]);
    expect(message.attachments[0]?.filename).toBe('link-inside.csv');
  });

  test.each([
    '/etc/passwd',
    'link-to-etc-passwd',
    '../outside.txt',
    'sub/../../outside.txt',
    '../root-twin.txt',
    'up/outside.txt',
    'missing.txt',
    '.',
    'sub',
  ])('%s is refused', async (path) => {
    const error = await refusal(from(path, [root]));
    expect(error).toMatchObject({ code: 'message-invalid', at: { field: 'attachments[0].path' } });
  });

  test('a folder is not a file', async () => {
    expect((await refusal(from('sub', [root]))).message).toMatch(/expected a regular file, got "sub"/);
  });

  test('the error names the roots, or the option when there is none', async () => {
    expect((await refusal(from('x', [root]))).message).toContain(JSON.stringify(root));
    expect((await refusal(from('x', []))).message).toContain('attachments.roots of the options');
  });

  test.each(['file:///etc/passwd', 'http://x.test/a', 'data:text/plain,x', '', 'a\u0000.txt', 7])(
    '%j is no path',
    async (path) => {
      expect((await refusal(from(path, [root]))).at?.field).toBe('attachments[0].path');
    },
  );

  test('reading a large one stops at the limit', async () => {
    await writeFile(join(root, 'large'), Buffer.alloc(1_000_000));
    const mail = { attachments: [{ path: 'large' }] };
    const error = await refusal(
      composed(mail, { ...defaults, attachmentRoots: [root], maxMessageSize: 100 }),
    );
    expect(error.message).toMatch(/at most 100 bytes/);
  });
});
