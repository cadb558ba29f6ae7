import { simpleParser } from 'mailparser';
import PostalMime from 'postal-mime';
import type { MessageAttachment } from '../../src/message/message.js';
import { composeMime } from '../../src/mime/compose-mime.js';
import { renderedMessage } from '../support/rendered-message.js';

/** The parts of a mail as they stand on the wire. */
function parts(bytes: Buffer) {
  const text = bytes.toString('latin1');
  const boundaries = [...text.matchAll(/boundary="([^"]+)"/g)].map(([, boundary = '']) => `--${boundary}`);
  const pieces = boundaries.reduce((all, boundary) => all.flatMap((part) => part.split(boundary)), [text]);
  return pieces.map((piece) => {
    const [head = '', ...body] = piece.split('\r\n\r\n');
    return {
      type: /^Content-Type: ([^;\r]+)/im.exec(head)?.[1],
      encoding: /^Content-Transfer-Encoding: (\S+)/im.exec(head)?.[1],
      body: body.join('\r\n\r\n'),
    };
  });
}

const partOf = (bytes: Buffer, type: string) => parts(bytes).find((part) => part.type === type);
const fromBase64 = (part: { body: string } | undefined) => Buffer.from(part?.body ?? '', 'base64');

const CHINESE = '你好\n世界\r\n再见\r结束';

test('text in base64 has CRLF for each line end (RFC 2046 §4.1.1)', async () => {
  const alternative = (contentType: string) => ({ contentType, content: Buffer.from(CHINESE) });
  const bytes = await composeMime(
    renderedMessage({
      text: CHINESE,
      html: CHINESE,
      alternatives: [alternative('text/calendar; charset=utf-8'), alternative('text/x-amp-html')],
    }),
  );
  for (const type of ['text/plain', 'text/html', 'text/calendar', 'text/x-amp-html']) {
    const part = partOf(bytes, type);
    expect([type, part?.encoding]).toEqual([type, 'base64']);
    expect(fromBase64(part).toString()).toBe('你好\r\n世界\r\n再见\r\n结束');
  }
  const read = [await PostalMime.parse(bytes), await simpleParser(bytes)];
  for (const { text } of read) expect(text?.trim().split(/\r?\n/)).toEqual(['你好', '世界', '再见', '结束']);
});

test('bytes of a charset without ASCII are not split into lines', async () => {
  const content = Buffer.from('a\r\nb\n\u0a0d', 'utf16le');
  const alternatives = [{ contentType: 'text/markdown; charset="UTF-16LE"', content }];
  expect(fromBase64(partOf(await composeMime(renderedMessage({ alternatives })), 'text/markdown'))).toEqual(
    content,
  );
});

test('attachments are sent to the byte, those of text as well', async () => {
  const content = Buffer.from('a,b\nc,d\r\n\n');
  const { attachments } = await PostalMime.parse(
    await composeMime(attached({ contentType: 'text/csv', content })),
  );
  expect(Buffer.from(attachments[0]!.content as ArrayBuffer)).toEqual(content);
});

const attached = (part: Pick<MessageAttachment, 'contentType' | 'content'>) =>
  renderedMessage({ attachments: [{ filename: 'a.eml', disposition: 'attachment', headers: {}, ...part }] });

test('an attached mail is not encoded (RFC 2046 §5.2.1)', async () => {
  const content = Buffer.from('From: a@x.test\nSubject: Inner\r\n\nHello\rthere');
  const part = partOf(
    await composeMime(attached({ contentType: 'message/rfc822', content })),
    'message/rfc822',
  );
  expect(part).toMatchObject({ encoding: '7bit' });
  expect(part?.body).toContain('From: a@x.test\r\nSubject: Inner\r\n\r\nHello\r\nthere');
});

test.each([
  ['NUL', Buffer.from('From: a@x.test\n\n\0')],
  ['a line over 998 octets', Buffer.from(`From: a@x.test\n\n${'x'.repeat(999)}\n`)],
  ['octets beyond ASCII', Buffer.from('From: a@x.test\n\né')],
])('a mail with %s is attached as a file, to the byte', async (_, content) => {
  for (const contentType of ['message/rfc822', 'message/delivery-status']) {
    const bytes = await composeMime(attached({ contentType, content }));
    expect(bytes.toString('latin1')).toMatch(/^[\t\r\n -~]*$/);
    expect(
      Math.max(
        ...bytes
          .toString()
          .split('\r\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(998);
    const read = (await PostalMime.parse(bytes)).attachments[0]!;
    expect(read).toMatchObject({ mimeType: 'application/octet-stream', filename: 'a.eml' });
    expect(Buffer.from(read.content as ArrayBuffer)).toEqual(content);
    expect((await simpleParser(bytes)).attachments[0]?.content).toEqual(content);
  }
});

test('the longest line that is allowed is sent', async () => {
  const content = Buffer.from(`From: a@x.test\n\n${'x'.repeat(998)}\n`);
  const bytes = await composeMime(attached({ contentType: 'message/rfc822', content }));
  expect(partOf(bytes, 'message/rfc822')?.encoding).toBe('7bit');
});

test('message/global may be encoded (RFC 6532 §3.7)', async () => {
  const content = Buffer.from('Subject: é\r\n\r\né');
  const bytes = await composeMime(attached({ contentType: 'message/global', content }));
  expect(fromBase64(partOf(bytes, 'message/global'))).toEqual(content);
});

test('an attachment alone, and a type that has a name of its own', async () => {
  const {
    text: _text,
    html: _html,
    ...bare
  } = attached({
    contentType: 'application/x-y; a="b;c"; name="other.bin"',
    content: Buffer.from([0, 255]),
  });
  const bytes = await composeMime(bare);
  expect(bytes.toString().match(/\bname=/g)).toHaveLength(1);
  const [read] = (await PostalMime.parse(bytes)).attachments;
  expect(read).toMatchObject({ filename: 'a.eml', mimeType: 'application/x-y' });
  expect((await simpleParser(bytes)).attachments[0]).toMatchObject({
    filename: 'a.eml',
    content: Buffer.from([0, 255]),
  });
});
