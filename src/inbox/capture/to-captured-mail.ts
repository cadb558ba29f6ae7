import { randomBytes } from 'node:crypto';
import { formatMailbox } from '../../message/address/mailbox.js';
import type { RenderedMessage } from '../../message/message.js';
import { deriveText } from '../../render/text/derived-text.js';
import type { MessageStatus } from '../api/messages.js';
import type { MailContent } from '../store/mail-files.js';
import type { CaptureRecord } from '../store/mail-store.js';
import { redact } from './redact.js';

/** Facts about a mail that its content does not tell. */
export interface CaptureDetails {
  readonly at: Date;
  readonly status: MessageStatus;
  readonly context?: object | undefined;
}

const MAX_SNIPPET = 120;
/** Characters of a mail that a search looks at. */
const MAX_WORDS = 10_000;

/** Builds the record with which a mail enters the inbox. */
export function toCapturedMail(
  { message, source }: MailContent,
  details: CaptureDetails,
): CaptureRecord['mail'] {
  const { messageId, subject, from, envelope, template, locale, mailer, tags, attachments } = message;
  const at = details.at.toISOString();
  const isOwn = details.status !== 'received';
  const text = plainText(message);
  return {
    id: randomBytes(16).toString('hex'),
    at,
    messageId,
    subject,
    from: formatMailbox(from),
    to: envelope.to,
    template,
    locale,
    ...(isOwn && { mailer }),
    tags,
    run: runOf(message),
    snippet: text.slice(0, MAX_SNIPPET),
    words: `${subject} ${formatMailbox(from)} ${envelope.to.join(' ')} ${text}`
      .slice(0, MAX_WORDS)
      .toLowerCase(),
    size: source.byteLength,
    attachments: attachments.length,
    unread: true,
    status: details.status,
    ...(details.context && { context: redact(details.context) }),
    timeline: [
      { at, kind: 'captured', text: isOwn ? 'Captured from the application' : 'Received over SMTP' },
    ],
  };
}

/** Reads the header by which parallel tests of one application tell their mails apart. */
export function runOf({ headers }: RenderedMessage): string | undefined {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-test-run')?.[1];
  return typeof value === 'string' ? value : value?.[0];
}

function plainText({ html, text }: RenderedMessage): string {
  return (text ?? deriveText(html ?? '')).replaceAll(/\s+/g, ' ').trim();
}
