import { createHash } from 'node:crypto';
import { formatMailbox } from '../../message/address/mailbox.js';
import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';

const MESSAGE_ID = /^(Message-ID: )<[^>]*>/im;
const DATE = /^(Date: ).*$/im;
const BOUNDARY = /\bboundary="?([^";\s]+)/gi;
const SPECIAL = /[.*+?^${}()|[\]\\]/g;
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;
const TIME = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g;

/**
 * Formats a mail as text that is the same on each run: `expect(mailSnapshot(outbox.last())).toMatchSnapshot()`. Leaves
 * out Message-ID, dates and boundaries, numbers UUIDs and ISO times, and shows attachments by their hash.
 * @param mail a message of an outbox, or the source of a mail as `TestSmtpServer` received it
 */
export function mailSnapshot(mail: RenderedMessage | Buffer | string | undefined): string {
  if (mail === undefined) return '(no mail)';
  if (typeof mail === 'string' || Buffer.isBuffer(mail)) return sourceSnapshot(mail.toString());
  const parts = [headerOf(mail), ...bodiesOf(mail), ...mail.attachments.map(describeAttachment)];
  return stableText(parts.join('\n').replaceAll(mail.messageId, '<message-id>'));
}

/** Formats messages in any snapshot: `expect.addSnapshotSerializer(mailSerializer)`, in Jest and Vitest. */
export const mailSerializer = {
  test: (value: unknown): boolean => isRenderedMessage(value),
  serialize: (value: unknown): string => (isRenderedMessage(value) ? mailSnapshot(value) : String(value)),
};

function isRenderedMessage(value: unknown): value is RenderedMessage {
  if (typeof value !== 'object' || value === null) return false;
  return ['messageId', 'envelope', 'subject', 'attachments', 'mailer'].every((field) => field in value);
}

function headerOf(mail: RenderedMessage): string {
  const fields: ReadonlyArray<readonly [string, string | undefined]> = [
    ['From', formatMailbox(mail.from)],
    ['Sender', mail.sender && formatMailbox(mail.sender)],
    ['To', mailboxes(mail.to)],
    ['Cc', mailboxes(mail.cc)],
    ['Reply-To', mailboxes(mail.replyTo)],
    ['Subject', mail.subject],
    ...Object.entries(mail.headers).map(([name, value]) => [name, [value].flat().join(', ')] as const),
    ['(envelope)', `${mail.envelope.from} > ${mail.envelope.to.join(', ')}`],
    ['(template)', mail.template],
    ['(locale)', mail.locale],
    ['(mailer)', mail.mailer],
    ['(tags)', mail.tags.join(', ')],
  ];
  return fields.flatMap(([name, value]) => (value ? [`${name}: ${value}`] : [])).join('\n');
}

function mailboxes(all: readonly Mailbox[]): string {
  return all.map((mailbox) => formatMailbox(mailbox)).join(', ');
}

function bodiesOf({ html, text, alternatives }: RenderedMessage): readonly string[] {
  const bodies: ReadonlyArray<readonly [string, string | undefined]> = [
    ['html', html],
    ['text', text],
    ...alternatives.map(({ contentType, content }) => [contentType, content.toString()] as const),
  ];
  return bodies.flatMap(([name, body]) => (body === undefined ? [] : [`--- ${name}`, body.trimEnd()]));
}

function describeAttachment({
  filename = '(no name)',
  contentType,
  content,
  cid,
}: MessageAttachment): string {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const shownAs = cid === undefined ? '' : `, cid ${cid}`;
  return `--- ${filename}, ${contentType}, ${content.byteLength} bytes, sha256 ${hash}${shownAs}`;
}

/** Formats the source of a mail (RFC 5322) without the parts that change on each run. */
function sourceSnapshot(source: string): string {
  const text = source.replaceAll('\r\n', '\n');
  const fixed = text.replace(MESSAGE_ID, '$1<message-id>').replace(DATE, '$1<date>');
  const boundaries = [...fixed.matchAll(BOUNDARY)].map(([, boundary = '']) => boundary);
  if (boundaries.length === 0) return stableText(fixed);
  // The longest first: one boundary may be the beginning of another.
  const longestFirst = boundaries.toSorted((a, b) => b.length - a.length);
  const any = new RegExp(
    longestFirst.map((boundary) => boundary.replaceAll(SPECIAL, String.raw`\$&`)).join('|'),
    'g',
  );
  return stableText(numbered(fixed, any, 'boundary'));
}

/** Replaces values that change on each run by numbers; equal values get the same number. */
function stableText(text: string): string {
  return numbered(numbered(text, UUID, 'uuid'), TIME, 'time');
}

/** Replaces each distinct match by `<name 1>`, `<name 2>`, in the order of their appearance. */
function numbered(text: string, pattern: RegExp, name: string): string {
  const seen = [...new Set([...text.matchAll(pattern)].map(([value]) => value))];
  return text.replaceAll(pattern, (value) => `<${name} ${seen.indexOf(value) + 1}>`);
}
