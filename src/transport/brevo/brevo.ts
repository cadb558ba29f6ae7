import { isAscii } from 'node:buffer';
import type { Mailbox, MessageAttachment, RenderedMessage } from '../../message/message.js';
import { encodedText } from '../../mime/encoded-text.js';
import { type Addressees, addressesOf, addresseesWithTo } from '../http/addressees.js';
import {
  asciiLocalParts,
  atMostBytes,
  atMostRecipients,
  atMostReplyTo,
  attachmentRule,
  extensionOf,
  forbiddenHeaders,
  knownOptions,
  noAlternatives,
  noDeliveryStatus,
  noEmptySubject,
  noPartHeaders,
  noSender,
  nothingInline,
  oneLineHeaders,
  ownBounceAddress,
  tagsLike,
  typesByNames,
} from '../http/field-rules.js';
import { type HttpAnswer, jsonOf, textAt } from '../http/http-answer.js';
import { type Fault, LONG_PAUSE } from '../http/http-fault.js';
import { emailAndName, jsonPost } from '../http/json-body.js';
import { keyOf } from '../http/idempotency-key.js';
import type { Account, Provider, ProviderCall, Refusal, FieldRule } from '../http/provider.js';

/** Assumed values: no live account was available to check them. */
const LIMITS = { recipients: 99, senderName: 70, metadata: 900, bytes: 20 * 2 ** 20 };
/** Brevo refuses files with other extensions. */
const FILES = new Set(
  'xlsx xls ods docx docm doc csv pdf txt gif jpg jpeg png tif tiff rtf bmp cgm css shtml html htm zip xml ppt pptx tar ez ics mobi msg pub eps odt mp3 m4a m4v wma ogg flac wav aif aifc aiff mp4 mov avi mkv mpeg mpg wmv pkpass xlsm'.split(
    ' ',
  ),
);

const METADATA = 'X-Mailin-custom';
const FORBIDDEN = new Set([METADATA.toLowerCase(), 'idempotencykey', 'message-id', 'sender', 'return-path']);

const htmlAtLeast: FieldRule = ({ html = '' }) =>
  html === '' ? { field: 'html', reason: 'it takes no mail without html' } : undefined;

const shortSenderName: FieldRule = ({ from: { name = '' } }) =>
  nameOf(name).length > LIMITS.senderName
    ? {
        field: 'from',
        reason: `it takes a name of at most ${LIMITS.senderName} characters, as it is encoded`,
      }
    : undefined;

/** Values that Brevo would send on unchanged. */
const asciiHeaders: FieldRule = ({ headers }) => {
  const name = Object.keys(headers).find((key) => !isAscii(Buffer.from(String(headers[key]))));
  return name === undefined
    ? undefined
    : { field: `headers.${name}`, reason: 'it takes headers in ASCII alone. Send that mail by SMTP' };
};

const smallMetadata: FieldRule = ({ metadata }) =>
  asciiJson(metadata).length > LIMITS.metadata
    ? { field: 'metadata', reason: `it takes at most ${LIMITS.metadata} bytes of it, as JSON` }
    : undefined;

const namedFiles = attachmentRule(
  'filename',
  ({ filename = '' }) => !FILES.has(extensionOf(filename)),
  () => 'it takes a file by what its name ends with, and not one that ends so',
);

const asciiFilenames = attachmentRule(
  'filename',
  ({ filename = '' }) => !isAscii(Buffer.from(filename)),
  () => 'it garbles a name beyond ASCII. Set attachments: { asciiFilenames: true }',
);

export const brevo: Provider = {
  rules: [
    ownBounceAddress,
    noSender,
    noDeliveryStatus,
    noAlternatives('Send a calendar event as an attachment, or the mail by SMTP'),
    noPartHeaders,
    nothingInline,
    namedFiles,
    asciiFilenames,
    typesByNames,
    asciiLocalParts,
    oneLineHeaders,
    asciiHeaders,
    forbiddenHeaders(FORBIDDEN),
    noEmptySubject,
    htmlAtLeast,
    shortSenderName,
    atMostReplyTo(1),
    tagsLike({ most: 50, pattern: /^.{1,255}$/u, expected: 'tags of up to 255 characters' }),
    smallMetadata,
    atMostRecipients(LIMITS.recipients),
    atMostBytes(LIMITS.bytes, '20 MB'),
    knownOptions('brevo', ['scheduledAt', 'batchId']),
  ],
  headers: ({ key }) => ({ 'api-key': key }),
  calls: (message, account) => addresseesWithTo(message).map((to) => call(message, to, account)),
  accepted: (answer) => ({ providerId: textAt(jsonOf(answer), 'messageId') }),
  refused,
  repeatableForMs: 15 * 60_000,
  probe: {
    request: () => ({ method: 'GET', path: '/v3/account' }),
    // 403: a key with fewer rights.
    isGood: ({ status }) => status === 200 || status === 403,
  },
};

function call(message: RenderedMessage, to: Addressees, { key }: Account): ProviderCall {
  const recipients = addressesOf(to);
  return {
    recipients,
    request: jsonPost('/v3/smtp/email', mailOf(message, to, uuidOf(keyOf(message, recipients, key)))),
  };
}

function mailOf(message: RenderedMessage, { to, cc, bcc }: Addressees, idempotencyKey: string): object {
  const { html, text, tags, metadata, attachments, replyTo, provider } = message;
  const [reply] = replyTo;
  return {
    sender: mailbox(message.from),
    to: to.map(mailbox),
    ...(cc.length > 0 && { cc: cc.map(mailbox) }),
    ...(bcc.length > 0 && { bcc: bcc.map(mailbox) }),
    ...(reply && { replyTo: mailbox(reply) }),
    subject: message.subject,
    htmlContent: html,
    ...(text !== undefined && text !== '' && { textContent: text }),
    // Brevo looks for the key among the headers of the mail.
    headers: { idempotencyKey, ...headersOf(message), ...metadataHeader(metadata) },
    ...(attachments.length > 0 && { attachment: attachments.map(attachment) }),
    ...(tags.length > 0 && { tags: [...new Set(tags)] }),
    ...provider?.['brevo'],
  };
}

const headersOf = ({ headers }: RenderedMessage): object =>
  Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, String(values)]));

const metadataHeader = (metadata: RenderedMessage['metadata']): object =>
  Object.keys(metadata).length > 0 ? { [METADATA]: asciiJson(metadata) } : {};

/** JSON in ASCII only. */
const asciiJson = (value: object): string => JSON.stringify(value).replaceAll(/[\u007f-\uffff]/g, escaped);

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Brevo silently drops a name beyond ASCII with a comma, so such names are encoded here. */
const nameOf = (name: string): string => (isAscii(Buffer.from(name)) ? name : encodedText(name));

const mailbox = ({ address, name = '' }: Mailbox): object => emailAndName({ address, name: nameOf(name) });

const attachment = ({ filename, content }: MessageAttachment): object => ({
  name: filename,
  content: content.toString('base64'),
});

/** A UUID of version 8 (RFC 9562 §5.8), made of the first digits of a hash. */
function uuidOf(hex: string): string {
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`];
  return [...parts, hex.slice(20, 32)].join('-');
}

/** Error code → meaning, where the status says too little or is misleading. */
const BY_CODE: Readonly<Record<string, Fault>> = {
  unauthorized: { code: 'authentication' },
  not_enough_credits: { code: 'rate-limited', retryAfterMs: LONG_PAUSE },
  account_under_validation: {
    code: 'rate-limited',
    retryAfterMs: LONG_PAUSE,
    advice: 'Wait until Brevo has looked at the account, or ask it to.',
  },
  // Brevo accepted the request and reports no more about it.
  duplicate_request: { code: 'transport-unavailable', outcome: 'unknown' },
};

function refused(answer: HttpAnswer): Refusal {
  const json = jsonOf(answer);
  const code = textAt(json, 'code') ?? '';
  const message = textAt(json, 'message');
  const said = message !== undefined && code !== '' ? `${message} (${code})` : message;
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  return { said, fault: known ?? rateFault(answer) };
}

/** Brevo's own header for the wait, in seconds. */
function rateFault({ status, headers }: HttpAnswer): Fault | undefined {
  const seconds = headers.get('x-sib-ratelimit-reset') ?? '';
  return status === 429 && /^\d{1,6}$/.test(seconds)
    ? { code: 'rate-limited', retryAfterMs: Number(seconds) * 1000 }
    : undefined;
}
