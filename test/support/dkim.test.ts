import { generateKeyPairSync } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
import { dkimRecord, verifyDkim } from './dkim.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const record = dkimRecord(publicKey);

async function signed(message: string): Promise<Buffer> {
  const signer = new DKIM({
    domainName: 'shop.test',
    keySelector: 'mail',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
  return buffer(signer.sign(message));
}

const MESSAGE = [
  'From: Shop <orders@shop.test>',
  'To: ada@example.test',
  'Subject: Your order',
  'Date: Mon, 05 Jan 2026 10:00:00 +0000',
  'Message-ID: <1@shop.test>',
  '',
  'Two teapots, 18.00 EUR.',
  '',
].join('\r\n');

test('a signed message verifies', async () => {
  await expect(verifyDkim(await signed(MESSAGE), record)).resolves.toBe(true);
});

test.each([
  ['body', '18.00', '81.00'],
  ['signed header', 'Your order', 'Your invoice'],
])('a message with a changed %s does not', async (_part, was, is) => {
  const message = await signed(MESSAGE);
  const tampered = Buffer.from(message.toString().replace(was, is));
  expect(tampered.equals(message)).toBe(false);
  await expect(verifyDkim(tampered, record)).resolves.toBe(false);
});

test('a message signed with another key does not', async () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  const foreign = dkimRecord(other);
  await expect(verifyDkim(await signed(MESSAGE), foreign)).resolves.toBe(false);
});

test('a message without a signature does not', async () => {
  await expect(verifyDkim(Buffer.from(MESSAGE), record)).resolves.toBe(false);
});
