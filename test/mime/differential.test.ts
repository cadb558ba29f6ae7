import { simpleParser } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime, { type Email } from 'postal-mime';
import type { RenderedMessage } from '../../src/message/message.js';
import { isCommon } from '../../src/mime/common-shape.js';
import { composeMime } from '../../src/mime/compose-mime.js';
import { mimeFields } from '../../src/mime/mime-fields.js';
import { generatedMessage } from '../support/generated-message.js';
import { Seeded } from '../support/seeded.js';

const MESSAGES = 2200;
/** mailparser takes ten times as long as all else: it reads every eighth mail. */
const SAMPLE = 8;
interface Compared {
  readonly message: RenderedMessage;
  readonly ours: Buffer;
  readonly theirs: Buffer;
}

let all: readonly Compared[] = [];

beforeAll(async () => {
  const random = new Seeded(20_260_101);
  const messages = random.list(MESSAGES, (index) => generatedMessage(random, index));
  all = await Promise.all(messages.map(compared));
}, 60_000);

async function compared(message: RenderedMessage): Promise<Compared> {
  const theirs = new MailComposer(mimeFields(message)).compile().build();
  return { message, ours: await composeMime(message), theirs: await theirs };
}

const encodings = (bytes: Buffer) =>
  (bytes.toString('latin1').match(/^Content-Transfer-Encoding: .*$/gm) ?? []).map((line) =>
    line.slice(27).trim(),
  );

const count = (values: readonly string[]) =>
  Object.fromEntries(
    [...new Set(values)].toSorted().map((value) => [value, values.filter((v) => v === value).length]),
  );

test('the one pass and MailComposer choose the same transfer encodings', () => {
  const differing = all.filter(({ ours, theirs }) => encodings(ours).join() !== encodings(theirs).join());
  expect(differing.map(({ message }) => message.messageId)).toEqual([]);
  const chosen = count(all.flatMap(({ ours }) => encodings(ours)));
  console.info(`parts by encoding: ${JSON.stringify(chosen)}`);
  expect(Object.keys(chosen)).toEqual(expect.arrayContaining(['7bit', 'base64', 'quoted-printable']));
});

test('byte for byte the same mail', () => {
  const common = all.filter(({ message }) => isCommon(message));
  const different = common.filter(({ ours, theirs }) => !ours.equals(theirs));
  const same = common.length - different.length;
  console.info(`${all.length} messages, ${common.length} in one pass, ${same} of them byte-identical`);
  expect(different.slice(0, 3).map(firstDifference)).toEqual([]);
  expect(common.length).toBeGreaterThan(2000);
});

/** Both mails from a little before the place where they part. */
function firstDifference({ message, ours, theirs }: Compared): object {
  const at = ours.findIndex((octet, index) => octet !== theirs[index]);
  const near = (bytes: Buffer) => bytes.toString('latin1', Math.max(0, at - 100), at + 60);
  return { id: message.messageId, ours: near(ours), theirs: near(theirs) };
}

/** A valid encoded word in a subject is taken for one that is encoded already. */
const ENCODED = '=?';

test('postal-mime reads the same parts, headers and contents, and what went in', async () => {
  for (const { message, ours, theirs } of all) {
    const read = await PostalMime.parse(ours);
    if (!ours.equals(theirs)) expect(readable(read)).toEqual(readable(await PostalMime.parse(theirs)));
    expect(contentOf(read)).toEqual(sentContent(message));
    if (!message.subject.includes(ENCODED)) expect(read.subject ?? '').toBe(message.subject);
    if (hasBodiesOnly(message)) expect(bodiesOf(read)).toEqual(bodiesOf(message));
  }
  console.info(`${all.length} messages read by postal-mime`);
}, 60_000);

type ReadAttachment = Email['attachments'][number];

const decoded = ({ content }: ReadAttachment) =>
  typeof content === 'string' ? content : Buffer.from(new Uint8Array(content)).toString('base64');

/** An ArrayBuffer has no look of its own in a difference. */
const readable = ({ attachments, ...mail }: Email) => ({
  ...mail,
  attachments: attachments.map((part) => ({ ...part, content: decoded(part) })),
});

/** Text parts and attached mails are shown as bodies, or in part; an alternative may be listed as a file. */
const isFile = (type: string) => !/^(?:text|message)\/|^application\/json/.test(type);

function contentOf({ from, to, messageId, attachments }: Email) {
  const files = attachments.filter(({ mimeType }) => isFile(mimeType)).map(decoded);
  return {
    names: [from, ...(to ?? [])].map((mailbox) => mailbox?.name ?? ''),
    messageId,
    files: files.toSorted(),
  };
}

function sentContent({ from, to, messageId, attachments }: RenderedMessage) {
  const files = attachments.filter(({ contentType }) => isFile(contentType));
  return {
    names: [from, ...to].map(({ name = '' }) => name),
    messageId,
    files: files.map(({ content }) => content.toString('base64')).toSorted(),
  };
}

const hasBodiesOnly = ({ alternatives, attachments, text, html }: RenderedMessage) =>
  alternatives.length === 0 && attachments.length === 0 && Boolean(text) && Boolean(html);

interface Bodies {
  readonly text?: string | undefined;
  readonly html?: string | undefined;
}

/** A parser may count the line end before a boundary as the body's. */
const bodiesOf = ({ text = '', html = '' }: Bodies) =>
  [text, html].map((body) => body.replaceAll(/\r\n?/g, '\n').replace(/\n+$/, ''));

test('mailparser reads the same parts, headers and contents, and what went in', async () => {
  const sample = all.filter((_, index) => index % SAMPLE === 0);
  for (const { message, ours, theirs } of sample) {
    const read = await simpleParser(ours);
    if (!ours.equals(theirs)) expect(read).toEqual(await simpleParser(theirs));
    expect(read.messageId).toBe(message.messageId);
    expect(read.from?.value[0]?.name).toBe(message.from.name ?? '');
    if (!message.subject.includes(ENCODED)) expect(read.subject ?? '').toBe(message.subject);
    const { text, html } = read;
    if (hasBodiesOnly(message)) {
      expect(bodiesOf({ text, html: html === false ? '' : html })).toEqual(bodiesOf(message));
    }
  }
  console.info(`${sample.length} messages read by mailparser`);
}, 60_000);
