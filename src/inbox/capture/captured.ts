import { randomBytes } from 'node:crypto';
import { formatMailbox } from '../../message/address/mailbox.js';
import type { RenderedMessage } from '../../message/message.js';
import { deriveText } from '../../render/text/derived-text.js';
import type { MessageStatus } from '../api/messages.js';
import type { MailContent } from '../store/mail-files.js';
import type { NewMail } from '../store/mail-store.js';
import { redacted } from './redacted.js';

/** What is known of a mail beside what is in it. */
export interface CapturedFacts {
  readonly at: Date;
  readonly status: MessageStatus;
  readonly context?: object | undefined;
}

const SNIPPET = 120;
/** Letters of a mail that are searched. */
const WORDS = 10_000;

/** A mail as it enters the inbox. */
export function captured({ message, source }: MailContent, facts: CapturedFacts): NewMail['mail'] {
  const { messageId, subject, from, envelope, template, locale, mailer, tags, attachments } = message;
  const at = facts.at.toISOString();
  const isOwn = facts.status !== 'received';
  const text = textOf(message);
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
    snippet: text.slice(0, SNIPPET),
    words: `${subject} ${formatMailbox(from)} ${envelope.to.join(' ')} ${text}`.slice(0, WORDS).toLowerCase(),
    size: source.byteLength,
    attachments: attachments.length,
    unread: true,
    status: facts.status,
    ...(facts.context && { context: redacted(facts.context) }),
    timeline: [
      { at, kind: 'captured', text: isOwn ? 'Captured from the application' : 'Received over SMTP' },
    ],
  };
}

/** Which test sent it: parallel tests of one application tell their mails apart by this header. */
export function runOf({ headers }: RenderedMessage): string | undefined {
  const value = Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-test-run')?.[1];
  return typeof value === 'string' ? value : value?.[0];
}

function textOf({ html, text }: RenderedMessage): string {
  return (text ?? deriveText(html ?? '')).replaceAll(/\s+/g, ' ').trim();
}
