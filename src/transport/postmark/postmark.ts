import { formatMailbox } from '../../message/address/mailbox.js';
import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import type { Rejection } from '../../errors/mail-error.js';
import { encodedText } from '../../mime/encoded-text.js';
import { addressees } from '../http/addressees.js';
import {
  allowedExtensions,
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  inlineHasCid,
  knownOptions,
  metadataLike,
  noAlternatives,
  noDeliveryStatus,
  noEmptyBody,
  noPartHeaders,
  oneTag,
  ownBounceAddress,
  tagsLike,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, listAt, numberAt, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import type {
  Acceptance,
  Account,
  Batch,
  Provider,
  ProviderCall,
  Refusal,
  FieldRule,
} from '../http/provider.js';
import { jsonPost, textPost } from '../http/json-body.js';
import { namedRecipients } from '../http/recipient-faults.js';

const MEBIBYTE = 2 ** 20;

/** Assumed values: no live account was available to check them. */
const LIMITS = { recipients: 50, bytes: 10 * MEBIBYTE, body: 5 * MEBIBYTE, tag: /^.{1,1000}$/u };
const BATCH = { most: 500, mostBytes: 50 * MEBIBYTE };
const METADATA = {
  most: 10,
  pattern: /^.{0,80}$/u,
  expected: 'up to 10 values of 80 characters, with names of 20',
};
const REFUSED_FILES = new Set(
  `vbs exe bin bat chm com cpl crt hlp hta inf ins isp jse lnk mdb msc msi msp mst pcd pif reg scr sct shs vba vbe
  wsf wsh wsl`.split(/\s+/),
);

const smallBodies: FieldRule = ({ html = '', text = '' }) => {
  const field = Object.entries({ html, text }).find(([, body]) => Buffer.byteLength(body) > LIMITS.body)?.[0];
  return field === undefined ? undefined : { field, reason: 'it takes at most 5 MB of it' };
};

const batch: Batch = {
  ...BATCH,
  request: (bodies) => textPost('/email/batch', `[${bodies.join(',')}]`),
  answers: (answer, count) => {
    const items = listAt(jsonOf(answer));
    return items.length === count ? items.map((item) => itsAnswer(item, answer)) : [];
  },
};

/** An item of a batch's answer has the body of an answer to that mail alone. */
function itsAnswer(item: unknown, { headers }: HttpAnswer): HttpAnswer | undefined {
  const code = numberAt(item, 'ErrorCode');
  if (code === undefined) return undefined;
  return { status: code === 0 ? 200 : 422, headers, text: JSON.stringify(item) };
}

export const postmark: Provider = {
  rules: [
    ownBounceAddress,
    noDeliveryStatus,
    noAlternatives('Send a calendar event as an attachment, or the mail by SMTP'),
    noPartHeaders,
    inlineHasCid,
    allowedExtensions(REFUSED_FILES),
    asciiLocalParts,
    noEmptyBody,
    oneTag,
    tagsLike({ most: 1, pattern: LIMITS.tag, expected: 'a tag of up to 1000 characters' }),
    metadataLike(METADATA, /^.{1,20}$/u),
    atMostRecipients(LIMITS.recipients),
    smallBodies,
    atMostBytes(LIMITS.bytes, '10 MB'),
    knownOptions('postmark', ['MessageStream', 'TrackOpens', 'TrackLinks']),
  ],
  headers: ({ key }) => ({ 'x-postmark-server-token': key }),
  calls: (message, account) => [
    {
      recipients: message.envelope.to,
      request: jsonPost('/email', mailOf(message, account)),
      options: message.provider?.['postmark'],
    },
  ],
  accepted,
  refused,
  batch,
  probe: { request: () => ({ method: 'GET', path: '/server' }) },
};

function mailOf(message: RenderedMessage, { stream }: Account): object {
  const { to, cc, bcc } = addressees(message);
  const { html, text, tags, metadata, attachments, provider } = message;
  return {
    From: formatMailbox(message.from),
    ...(to.length > 0 && { To: listed(to) }),
    ...(cc.length > 0 && { Cc: listed(cc) }),
    ...(bcc.length > 0 && { Bcc: listed(bcc) }),
    ...(message.replyTo.length > 0 && { ReplyTo: listed(message.replyTo) }),
    Subject: message.subject,
    ...(html !== undefined && html !== '' && { HtmlBody: html }),
    ...(text !== undefined && text !== '' && { TextBody: text }),
    Headers: headersOf(message),
    ...(attachments.length > 0 && { Attachments: attachments.map(attachment) }),
    ...(tags.length > 0 && { Tag: tags[0] }),
    ...(Object.keys(metadata).length > 0 && { Metadata: metadata }),
    ...(stream !== undefined && { MessageStream: stream }),
    ...provider?.['postmark'],
  };
}

const listed = (mailboxes: readonly Mailbox[]): string => mailboxes.map(formatMailbox).join(', ');

/** Postmark keeps a Message-ID only on request. */
function headersOf({ headers, messageId, sender }: RenderedMessage): readonly object[] {
  const own = {
    'Message-ID': messageId,
    'X-PM-KeepID': 'true',
    ...(sender && { Sender: formatMailbox(sender) }),
  };
  return Object.entries({ ...own, ...headers }).flatMap(([Name, values]) =>
    (typeof values === 'string' ? [values] : values).map((value) => ({ Name, Value: encodedText(value) })),
  );
}

function attachment({ filename, content, contentType, cid }: MessageAttachment): object {
  return {
    Name: filename ?? 'attachment',
    Content: content.toString('base64'),
    ContentType: contentType,
    ...(cid !== undefined && { ContentID: `cid:${cid}` }),
  };
}

/** Recipients that Postmark will not mail, after a bounce or complaint: a sentence of its success lists them. */
const INACTIVE = 'inactive addresses: ';

function accepted(answer: HttpAnswer): Acceptance {
  const json = jsonOf(answer);
  const [, after = ''] = (textAt(json, 'Message') ?? '').split(INACTIVE);
  const [list = ''] = after.split('. ');
  const addresses = list.replace(/\.$/, '').split(', ').filter(Boolean);
  return { providerId: textAt(json, 'MessageID'), rejected: addresses.map(suppressed) };
}

const suppressed = (address: string): Rejection => ({ address, code: 'suppressed', retryable: false });

const PAUSED: Fault = {
  code: 'rate-limited',
  retryAfterMs: LONG_PAUSE,
  advice: 'Look at the account: its credits, its approval.',
};

const STREAM: Fault = { code: 'config', advice: 'Look at the stream of its URL.' };
const OWN_STREAM: Fault = {
  code: 'message-rejected',
  advice: 'Look at provider.postmark.MessageStream of the mail.',
};

/** ErrorCode → meaning. The numbers are Postmark's own, even those that look like an HTTP status. */
const BY_CODE: Readonly<Record<number, Fault>> = {
  10: { code: 'authentication' },
  100: { code: 'transport-unavailable' },
  400: { code: 'message-rejected', advice: 'Confirm the sender at Postmark, or send as another.' },
  401: { code: 'message-rejected', advice: 'Confirm the sender at Postmark, or send as another.' },
  405: PAUSED,
  412: PAUSED,
  413: PAUSED,
  1235: STREAM,
  1236: STREAM,
};

function refused(answer: HttpAnswer, call: ProviderCall | undefined): Refusal {
  const json = jsonOf(answer);
  const code = numberAt(json, 'ErrorCode');
  const message = textAt(json, 'Message');
  // After a fault of its own, Postmark usually has lost the mail.
  if (answer.status === 500)
    return { said: message, fault: { code: 'transport-unavailable', outcome: 'not-sent' } };
  if (code === undefined || message === undefined) return {};
  return { said: `${message} (ErrorCode ${code})`, fault: meaning(code, message, call) };
}

function meaning(code: number, message: string, call: ProviderCall | undefined): Fault | undefined {
  if (code === 406) {
    const rejected = (call?.recipients ?? []).map(suppressed);
    return { code: 'recipients-rejected', retryable: false, rejected };
  }
  const fault = BY_CODE[code];
  if (fault === STREAM && call?.options?.['MessageStream'] !== undefined) return OWN_STREAM;
  if (code !== 300) return fault;
  // The first and the last quoted words are the field and the address.
  const quoted = message.split("'").filter((_part, index) => index % 2 === 1);
  return /^(?:To|Cc|Bcc)$/.test(quoted[0] ?? '') ? namedRecipients([quoted.at(-1)], call) : undefined;
}
