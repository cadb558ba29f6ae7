import { listOf, named, record, type Schema, text, whole, yesNo } from './operation.js';

const smtp = record({ code: whole, 'enhanced?': text, text, 'command?': text });
const time: Schema = { type: 'string', description: 'ISO 8601' };
const pair: Schema = { type: 'array', prefixItems: [text, text] };
const status: Schema = {
  type: 'string',
  description: '`captured` is kept here and was sent to nobody; `sent` was taken by a mail server',
  enum: ['captured', 'sent', 'queued', 'deferred', 'dead', 'cancelled', 'failed', 'received'],
};

/** What the answers of the API look like. */
export const SCHEMAS: Readonly<Record<string, Schema>> = {
  Error: record({ statusCode: whole, message: text }),
  MessageSummary: record({
    id: text,
    at: time,
    subject: text,
    from: text,
    to: { ...listOf(text), description: 'Envelope recipients' },
    'template?': text,
    'locale?': text,
    'mailer?': text,
    status,
    size: { ...whole, description: 'Bytes' },
    attachments: whole,
    unread: yesNo,
    tags: listOf(text),
    'run?': { ...text, description: 'Its X-Test-Run header' },
    snippet: text,
    'queueId?': text,
  }),
  Message: {
    allOf: [
      named('MessageSummary'),
      record({
        messageId: text,
        toHeader: { ...listOf(text), description: 'Its To header' },
        cc: { ...listOf(text), description: 'Its Cc header' },
        bcc: { ...listOf(text), description: 'Envelope recipients that are in neither' },
        replyTo: listOf(text),
        envelope: record({ from: text, to: listOf(text) }),
        headers: { ...listOf(pair), description: 'Names and values, in order' },
        hasHtml: yesNo,
        'text?': text,
        files: listOf(record({ index: whole, filename: text, contentType: text, size: whole, 'cid?': text })),
        links: listOf(record({ url: text, text })),
        codes: { ...listOf(text), description: 'One-time codes found in it' },
        'context?': { description: 'What its template was given; secrets are hidden' },
        timeline: listOf(
          record({
            at: time,
            kind: text,
            text,
            'dueAt?': { ...time, description: 'When it is tried next' },
            'smtp?': smtp,
            'recipient?': text,
          }),
        ),
        clip: record({ htmlBytes: whole, limit: whole, clipped: yesNo }),
      }),
    ],
  },
  MessagePage: record({
    messages: listOf(named('MessageSummary')),
    'next?': { ...text, description: 'Give it as before for the next page' },
    total: whole,
    unread: whole,
  }),
  Status: record({
    version: text,
    mailers: listOf(text),
    captured: yesNo,
    watching: yesNo,
    queue: yesNo,
    gallery: yesNo,
    release: yesNo,
    'smtp?': record({ port: whole }),
    keep: whole,
    environment: text,
    clientViews: record({ date: text, clients: listOf(record({ id: text, name: text })) }),
  }),
};
