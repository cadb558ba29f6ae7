import { simpleParser } from 'mailparser';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime, { decodeWords, type Email } from 'postal-mime';
import type { RenderedMessage } from '../../src/message/message.js';
import { isStructured } from '../../src/message/headers/structured.js';
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
  const differing = all
    .filter((compared) => !hasAttachedMail(compared))
    .filter(({ ours, theirs }) => encodings(ours).join() !== encodings(theirs).join());
  expect(differing.map(({ message }) => message.messageId)).toEqual([]);
  const chosen = count(all.flatMap(({ ours }) => encodings(ours)));
  console.info(`parts by encoding: ${JSON.stringify(chosen)}`);
  expect(Object.keys(chosen)).toEqual(expect.arrayContaining(['7bit', 'base64', 'quoted-printable']));
});

const hasAttachedMail = ({ message }: Compared) =>
  message.attachments.some(({ contentType }) => contentType.startsWith('message/'));

const hasEmptyField = ({ message }: Compared) => headersOf(message).some(([, text]) => text === '');

/**
 * Why ours may differ from what MailComposer makes: each is a rule of a standard that it does not keep.
 * Such mails are compared by what two parsers read.
 */
const REASONS: Readonly<Record<string, (compared: Compared) => boolean>> = {
  'an encoded word that a caller wrote is text (RFC 2047)': ({ message }) =>
    textsOf(message).some((text) => text.includes(ENCODED)),
  'a quote is ASCII and stands as it is': ({ message }) =>
    textsOf(message).some((text) => text.includes('"')),
  'in a structured field only phrases are encoded (RFC 2047 §5)': ({ message }) =>
    headersOf(message).some(([name, text]) => isStructured(name) && !/^[ -~]*$/.test(text)),
  'base64 text has CRLF inside (RFC 2046 §4.1.1)': ({ message, ours }) =>
    encodings(ours).includes('base64') && bodyTexts(message).some((text) => /[\r\n]/.test(text)),
  'no line holds a name alone': ({ ours, theirs }) => unfolded(ours) === unfolded(theirs),
  'a field without a value is left out': hasEmptyField,
  'what describes a part that stands alone follows the fields of the mail': ({ message }) =>
    !message.text && !message.html,
  'an attached mail is not encoded, or it is a file (RFC 2046 §5.2.1)': hasAttachedMail,
};

const bodyTexts = ({ text = '', html = '', alternatives }: RenderedMessage) => [
  text,
  html,
  ...alternatives.map(({ content }) => content.toString()),
];

const unfolded = (bytes: Buffer) => bytes.toString('latin1').replaceAll('\r\n ', ' ');

const headersOf = ({ headers, attachments, messageId }: RenderedMessage) =>
  [headers, ...attachments.map((part) => part.headers), { 'Message-ID': messageId }].flatMap((set) =>
    Object.entries(set).flatMap(([name, values]) => [values].flat().map((text) => [name, text] as const)),
  );

function textsOf(message: RenderedMessage): string[] {
  const { subject, from, to, cc, replyTo, sender, attachments } = message;
  const boxes = [from, ...to, ...cc, ...replyTo, ...(sender ? [sender] : [])];
  const names = [...boxes.map(({ name }) => name), ...attachments.map(({ filename }) => filename)];
  return [subject, ...names.map((name) => name ?? ''), ...headersOf(message).map(([, text]) => text)];
}

const reasonsOf = (compared: Compared) => Object.keys(REASONS).filter((name) => REASONS[name]?.(compared));

test('byte for byte the same mail, except for rules that MailComposer breaks', () => {
  const different = all.filter(({ ours, theirs }) => !ours.equals(theirs));
  console.info(`${all.length} messages, ${all.length - different.length} byte-identical`);
  console.info(`the others: ${JSON.stringify(count(different.flatMap(reasonsOf)))}`);
  const unexplained = different.filter((compared) => reasonsOf(compared).length === 0);
  expect(unexplained.slice(0, 3).map(firstDifference)).toEqual([]);
  expect(all.length - different.length).toBeGreaterThan(600);
});

/** Both mails from a little before the place where they part. */
function firstDifference({ message, ours, theirs }: Compared): object {
  const at = ours.findIndex((octet, index) => octet !== theirs[index]);
  const near = (bytes: Buffer) => bytes.toString('latin1', Math.max(0, at - 100), at + 60);
  return { id: message.messageId, ours: near(ours), theirs: near(theirs) };
}

/** Text that MailComposer takes for encoded text. */
const ENCODED = '=?';

/** What a caller wrote is read back; MailComposer lets it be decoded, writes `<>`, and cuts attached mails. */
const isComparable = (compared: Compared) =>
  !hasAttachedMail(compared) &&
  !hasEmptyField(compared) &&
  !textsOf(compared.message).some((text) => text.includes(ENCODED));

test('postal-mime reads the same parts, headers and contents, and what went in', async () => {
  for (const compared of all) {
    const { message, ours, theirs } = compared;
    const read = await PostalMime.parse(ours);
    if (!ours.equals(theirs) && isComparable(compared)) {
      expect(readable(read)).toEqual(readable(await PostalMime.parse(theirs)));
    }
    expect(contentOf(read)).toEqual(sentContent(message));
    expect(read.subject ?? '').toBe(message.subject);
    if (hasBodiesOnly(message)) expect(bodiesOf(read)).toEqual(bodiesOf(message));
  }
  console.info(`${all.length} messages read by postal-mime`);
}, 60_000);

type ReadAttachment = Email['attachments'][number];

const decoded = ({ content }: ReadAttachment) =>
  typeof content === 'string' ? content : Buffer.from(new Uint8Array(content)).toString('base64');

const lines = (text = '') => text.replaceAll(/\r\n?/g, '\n');

/** Both may differ in line ends of text, and in the wire form of headers: those are compared decoded, without quotes. */
const readable = ({ attachments, text, html, headers, ...mail }: Email) => ({
  ...mail,
  headerLines: [],
  text: lines(text),
  html: lines(html),
  headers: headers
    .map(({ key, value }) => [key, decodeWords(value).replaceAll(/\s+/g, ' ').replaceAll('"', '')])
    .toSorted(([a = ''], [b = '']) => a.localeCompare(b)),
  attachments: attachments.map((part) => ({
    ...part,
    content: lines(Buffer.from(decoded(part), 'base64').toString('latin1')),
  })),
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

/** An attached mail that cannot go as it is. */
const isFileForWant = (type: string, content: Buffer) =>
  type.startsWith('message/') && /[^\u0001-\u007f]/.test(content.toString('latin1'));

function sentContent({ from, to, messageId, attachments }: RenderedMessage) {
  const files = attachments.filter(
    ({ contentType, content }) => isFile(contentType) || isFileForWant(contentType, content),
  );
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
  for (const { message, ours } of sample) {
    const read = await simpleParser(ours);
    expect(read.messageId).toBe(message.messageId);
    expect(read.from?.value[0]?.name).toBe(message.from.name ?? '');
    expect(read.subject ?? '').toBe(message.subject);
    const { text, html } = read;
    if (hasBodiesOnly(message)) {
      expect(bodiesOf({ text, html: html === false ? '' : html })).toEqual(bodiesOf(message));
    }
  }
  console.info(`${sample.length} messages read by mailparser`);
}, 60_000);
