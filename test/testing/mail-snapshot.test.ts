import { MailService, MailOutbox } from 'nest-mailroom';
import { mailSerializer, mailSnapshot, MailTestingModule } from 'nest-mailroom/testing';
import { composeMime } from '../../src/mime/compose-mime.js';
import { boot, cleanup } from '../support/application.js';

expect.addSnapshotSerializer(mailSerializer);
afterEach(cleanup);

async function sentTwice() {
  const app = await boot([MailTestingModule.forRoot()]);
  for (let count = 0; count < 2; count += 1) {
    const id = crypto.randomUUID();
    await app.get(MailService).send({
      to: 'Ada <ada@example.test>',
      bcc: 'books@example.test',
      subject: 'Invoice',
      html: `<p><a href="https://shop.test/${id}">Pay</a> <img src="cid:logo"> ${id}</p>`,
      text: `Pay: https://shop.test/${crypto.randomUUID()} at ${new Date(count).toISOString()}`,
      headers: { 'X-Shop': '1' },
      attachments: [
        { filename: 'a.txt', content: 'hello' },
        { filename: 'logo.gif', content: Buffer.from('gif'), cid: 'logo' },
      ],
    });
  }
  return app.get(MailOutbox).messages;
}

const SNAPSHOT = `From: Test <test@example.test>
To: Ada <ada@example.test>
Subject: Invoice
X-Shop: 1
(envelope): test@example.test > ada@example.test, books@example.test
(mailer): default
--- html
<p><a href="https://shop.test/<uuid 1>">Pay</a> <img src="cid:logo"> <uuid 1></p>
--- text
Pay: https://shop.test/<uuid 2> at <time 1>
--- a.txt, text/plain; charset=utf-8, 5 bytes, sha256 2cf24dba5fb0a30e
--- logo.gif, image/gif, 3 bytes, sha256 3b34c6906f7eece8, cid logo`;

test('a message is the same text at each run', async () => {
  const [first, second] = await sentTwice();
  expect(mailSnapshot(first)).toBe(SNAPSHOT);
  expect(mailSnapshot(second)).toBe(SNAPSHOT);
  expect(mailSnapshot(undefined)).toBe('(no mail)');
});

test('the serializer takes messages wherever they are, and nothing else', async () => {
  const messages = await sentTwice();
  const lines = SNAPSHOT.split('\n');
  expect(mailSerializer.test(messages[0])).toBe(true);
  expect(mailSerializer.test({ subject: 'x' })).toBe(false);
  expect({ mail: messages[1] }).toMatchInlineSnapshot(`
{
  "mail": ${lines.join('\n')},
}
`);
});

test('the source of a mail is the same at each run', async () => {
  const sources = (await sentTwice()).map((message) =>
    composeMime({ ...message, text: 'x', html: '<p>x</p>' }),
  );
  const [first, second] = await Promise.all(
    sources.map(async (source) => mailSnapshot(Buffer.from(await source))),
  );
  expect(second).toBe(first);
  expect(first).toMatch(/^Message-ID: <message-id>$/m);
  expect(first).toMatch(/^Date: <date>$/m);
  expect(first).toContain('boundary="<boundary 1>"');
  expect(first).toMatch(/^--<boundary 1>--$/m);
});
