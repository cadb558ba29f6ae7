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

/** What became of a mail. */
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
  at: time('When it was captured'),
  subject: string(),
  from: string('As in the header: `Ada <ada@example.test>`'),
  to: list(string(), 'Envelope recipients'),
  'template?': string(),
  'locale?': string(),
  'mailer?': string(),
  status: oneOf(
    MESSAGE_STATUSES,
    '`captured`: kept here and sent to nobody; `sent`: taken by a mail server; `received`: from another program',
  ),
  size: integer('Bytes of its source'),
  attachments: integer('How many'),
  unread: boolean(),
  tags: list(string()),
  'run?': string('Value of its X-Test-Run header'),
  snippet: string('The beginning of its text'),
  'queueId?': string('Its id in the queue'),
};

const timelineEntry = record({
  at: time(),
  kind: oneOf(TIMELINE_KINDS),
  text: string(),
  'dueAt?': time('When it is tried next'),
  'smtp?': smtpReply,
  'recipient?': string('When it is about one recipient'),
});
export type TimelineEntry = TypeOf<typeof timelineEntry>;

const messageFile = record({
  index: integer('Its place among the files, as in `/messages/{id}/files/{index}`'),
  filename: string(),
  contentType: string(),
  size: integer('Bytes'),
  'cid?': string(),
});
export type MessageFile = TypeOf<typeof messageFile>;

/** A mail in a list. */
export const messageSummary = named('MessageSummary', record(summary));
export type MessageSummary = TypeOf<typeof messageSummary>;

/** A mail with all that is known of it, its html apart. */
export const messageView = named(
  'Message',
  record({
    ...summary,
    messageId: string(),
    toHeader: list(string(), 'Its To header; `to` are all who get it'),
    cc: list(string(), 'Its Cc header'),
    bcc: list(string(), 'Envelope recipients that are in neither'),
    replyTo: list(string()),
    envelope: record({ from: string(), to: list(string()) }),
    headers: list(pair(), 'Names and values, in order'),
    hasHtml: boolean(),
    'text?': string(),
    files: list(messageFile),
    links: list(record({ url: string('As written: http:, https: or mailto:'), text: string() })),
    codes: list(string(), 'One-time codes found in it'),
    'context?': anything('What its template was given; secrets are hidden'),
    timeline: list(timelineEntry, 'Oldest first'),
    clip: record({ htmlBytes: integer(), limit: integer(), clipped: boolean() }, 'Where Gmail cuts it off'),
  }),
);
export type MessageView = TypeOf<typeof messageView>;

export const messagePage = named(
  'MessagePage',
  record({
    messages: list(messageSummary, 'Newest first'),
    'next?': string('Give it as `before` for the next page; absent on the last'),
    total: integer('Of all that match'),
    unread: integer('Of all that match'),
  }),
);
export type MessagePage = TypeOf<typeof messagePage>;
