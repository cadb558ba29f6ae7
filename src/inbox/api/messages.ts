import {
  anything,
  boolean,
  integer,
  list,
  named,
  oneOf,
  pair,
  record,
  string,
  time,
  type TypeOf,
} from './schema.js';

export const MESSAGE_STATUSES = [
  'captured',
  'sent',
  'queued',
  'deferred',
  'dead',
  'cancelled',
  'failed',
  'received',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

const TIMELINE_KINDS = [
  'captured',
  'queued',
  'sending',
  'sent',
  'waiting',
  'deferred',
  'failed',
  'dead',
  'ambiguous',
  'expired',
  'cancelled',
  'retried',
  'released',
] as const;
export type TimelineKind = (typeof TIMELINE_KINDS)[number];

export const smtpReply = record({
  code: integer(),
  'enhanced?': string(),
  text: string(),
  'command?': string(),
});

const summary = {
  id: string('32 hexadecimal digits, random'),
  at: time('Time of capture'),
  subject: string(),
  from: string('As in the From header: `Ada <ada@example.test>`'),
  to: list(string(), 'Envelope recipients'),
  'template?': string(),
  'locale?': string(),
  'mailer?': string(),
  status: oneOf(
    MESSAGE_STATUSES,
    '`captured`: kept here, sent to nobody; `sent`: accepted by a mail server; `received`: came from another program',
  ),
  size: integer('Size of its source in bytes'),
  attachments: integer('Number of attachments'),
  unread: boolean(),
  tags: list(string()),
  'run?': string('Value of its `X-Test-Run` header'),
  snippet: string('Beginning of its text'),
  'queueId?': string('Id of the mail in the queue'),
};

const timelineEvent = record({
  at: time(),
  kind: oneOf(TIMELINE_KINDS),
  text: string(),
  'dueAt?': time('Time of the next attempt'),
  'smtp?': smtpReply,
  'recipient?': string('Set if the event concerns one recipient'),
});
export type TimelineEvent = TypeOf<typeof timelineEvent>;

const attachment = record({
  index: integer('Position among the files, as in `/messages/{id}/files/{index}`'),
  filename: string(),
  contentType: string(),
  size: integer('Size in bytes'),
  'cid?': string(),
});
export type AttachmentView = TypeOf<typeof attachment>;

/** A mail as lists show it. */
export const messageSummary = named('MessageSummary', record(summary));
export type MessageSummary = TypeOf<typeof messageSummary>;

/** A mail in full, except for its html. */
export const messageView = named(
  'Message',
  record({
    ...summary,
    messageId: string(),
    toHeader: list(string(), 'To header; `to` lists all recipients'),
    cc: list(string(), 'Cc header'),
    bcc: list(string(), 'Envelope recipients in neither To nor Cc'),
    replyTo: list(string()),
    envelope: record({ from: string(), to: list(string()) }),
    headers: list(pair(), 'Names and values, in order'),
    hasHtml: boolean(),
    'text?': string(),
    files: list(attachment),
    links: list(record({ url: string('As written: http:, https: or mailto:'), text: string() })),
    codes: list(string(), 'One-time codes found in the mail'),
    'context?': anything('Context of its template; secrets are hidden'),
    timeline: list(timelineEvent, 'Oldest first'),
    clip: record({ htmlBytes: integer(), limit: integer(), clipped: boolean() }, 'Whether Gmail clips it'),
  }),
);
export type MessageView = TypeOf<typeof messageView>;

export const messagePage = named(
  'MessagePage',
  record({
    messages: list(messageSummary, 'Newest first'),
    'next?': string('Pass it as `before` to get the next page; absent on the last page'),
    total: integer('Number of matching mails'),
    unread: integer('Number of matching mails that are unread'),
  }),
);
export type MessagePage = TypeOf<typeof messagePage>;
