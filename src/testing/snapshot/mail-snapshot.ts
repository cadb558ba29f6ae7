import { createHash } from 'node:crypto';
import { formatMailbox } from '../../message/address/mailbox.js';
import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import { sourceSnapshot } from './source-snapshot.js';
import { stableText } from './stable-text.js';

/**
 * A mail as text that is the same at each run: `expect(mailSnapshot(outbox.last())).toMatchSnapshot()`. Message-ID,
 * dates and boundaries are left out, UUIDs and ISO times are numbered, attachments are given by their hash.
 * @param mail a message of an outbox, or the source of a mail as `TestSmtpServer` received it
 */
export function mailSnapshot(mail: RenderedMessage | Buffer | string | undefined): string {
  if (mail === undefined) return '(no mail)';
  if (typeof mail === 'string' || Buffer.isBuffer(mail)) return sourceSnapshot(mail.toString());
  const parts = [headerOf(mail), ...bodiesOf(mail), ...mail.attachments.map(describeAttachment)];
  return stableText(parts.join('\n').replaceAll(mail.messageId, '<message-id>'));
}

/** Makes snapshots of messages wherever they occur: `expect.addSnapshotSerializer(mailSerializer)`, in Jest and Vitest. */
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
